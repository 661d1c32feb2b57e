/** The document's own examples, property by property and spelt as there. */

const link = (href: string) => {
  const [rel] = href.split('/');
  return { href, rel: rel === 'customers' ? 'self' : rel, type: 'GET' };
};

function customer(id: number, name: string, own: Readonly<Record<string, unknown>>, related: readonly string[] = []) {
  return {
    type: 'customers',
    id,
    Organization: 1686,
    name,
    status: 0,
    links: ['organizations/1686', ...related, `customers/${id}`].map(link),
    email: `${id}@yopmail.com`,
    contact: null,
    address: null,
    city: null,
    zip_code: null,
    phone: null,
    mobile_phone: null,
    country: null,
    state: null,
    legal_notice: null,
    communication_culture_code: null,
    Notes: null,
    tax: null,
    ...own,
  };
}

const ofCountry = { contact: 'Sample contact name', phone: '123-456-7890', country: 40 };
const dirty = { status: 1, contact: 'Clientinactif@yopmail.com', address: 'Clientinactif@yopmail.com' };

export const examples = {
  sampleClient: customer(143222, 'Sample client', ofCountry, ['countries/40']),
  taxableOnt: customer(143224, 'Taxable Ont Client', { tax: 375 }, ['taxes/375']),
  taxableQc: customer(143225, 'Taxable QC Client', { tax: 376 }, ['taxes/376']),
  testClient: customer(147033, 'Test Client', {}),
  inactive: customer(147504, 'Client inactif', dirty),
  android: customer(149643, 'client android', { contact: '', phone: '', country: 2 }, ['countries/2']),
  aquaman: customer(153744, 'Aquaman client', { email: null, country: 2 }, ['countries/2']),
  surprise: customer(153745, 'Surprise!', { email: null }),
};

/** "List all Customers": a page of ten that holds eight. */
export const firstPage = {
  links: [{ href: 'customers?limit=10&page=2', rel: 'navigation-next', type: 'GET' }],
  customers: Object.values(examples),
};
