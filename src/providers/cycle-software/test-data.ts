/** The document's own examples, as they stand there, and what else the tests share. */

const numbers = (customer_id: number, ...entries: readonly (readonly [id: string, number: string, name: string])[]) =>
  entries.map(([phone_number_id, phone_number, name]) => ({ phone_number_id, customer_id, phone_number, name }));

/** "Get Customer". */
export const retrieved = {
  customer_id: 1006,
  customer_type_name: 'Klant',
  customer_reference: 'OwnRef',
  postcode: '5388GM',
  house_number: '1',
  house_number_postfix: 'c',
  company_name: 'Company name',
  attn: 'Name of address',
  title: 'Dhr./Mevr. ',
  initials: 'T',
  insertion: 'van',
  first_name: 'Tim',
  name: 'LastName',
  street: 'Raadhuisplein',
  city: 'Nistelrode',
  country_code_iso_3166: 'NL',
  email: 'name@domain.nl',
  vat_number: 'NL855630693B01',
  coc_number: '64356582',
  discount_percentage: 0,
  datetime_created: '2023-01-03 12:30:44',
  phone_numbers: numbers(
    6,
    ['mob', '06-12345678', 'Dhr./Mevr. T UnitTest'],
    ['tel', '0733030050', 'Dhr./Mevr.  T UnitTest'],
  ),
};

/** "Create customer", request; the response has `customer_id: 26196` besides. */
export const created = {
  customer_type_name: 'Zakelijk',
  customer_reference: '',
  postcode: '18000',
  house_number: '1',
  house_number_postfix: '2',
  company_name: 'CycleSoftware',
  attn: 'attn',
  title: 'M',
  initials: 'A',
  insertion: 'S',
  first_name: 'Adri',
  name: 'Aleksnadar',
  street: 'street',
  city: 'city',
  country_code_iso_3166: 'sr',
  email: 'email@mail.com',
  vat_number: 'NL855630693B01',
  coc_number: '64356582',
  discount_percentage: 10,
  datetime_created: null,
  phone_numbers: numbers(
    26196,
    ['mob', '+381 60 2222222', 'Adri S Aleksnadar'],
    ['tel', '', 'Adri S Aleksnadar'],
    ['714253', '+381 60 3333333', 'Extra 1'],
  ),
};

/** "Update customer", request and response. */
export const updated = {
  customer_id: 4,
  customer_type_name: 'Klant',
  customer_reference: '',
  postcode: '5243RB',
  house_number: '38',
  house_number_postfix: '',
  company_name: '',
  attn: '',
  title: 'Dhr./Mevr. ',
  initials: 'G',
  insertion: '',
  first_name: '',
  name: 'Name 64070233d1b8c',
  street: 'Bruggen',
  city: 'Rosmalen',
  country_code_iso_3166: 'NL',
  email: 'test@hotmail.com',
  vat_number: '',
  coc_number: '',
  discount_percentage: 0,
  datetime_created: null,
  phone_numbers: numbers(
    4,
    ['mob', '', 'Dhr./Mevr.  G Name 64070233d1b8c'],
    ['tel', '', 'Dhr./Mevr.  G Name 64070233d1b8c'],
  ),
};

/** "Find customers" and "List customers", the first. */
export const adri = {
  customer_id: 8,
  customer_type_name: 'Klant',
  customer_reference: 'REF46',
  postcode: '8448PE',
  house_number: '32',
  house_number_postfix: 'B',
  company_name: '',
  attn: '',
  title: 'Dhr.',
  initials: 'A',
  insertion: 'Van',
  first_name: 'Adri',
  name: 'Name 235238848',
  street: 'Mauritslaan',
  city: 'Heerenveen',
  country_code_iso_3166: 'NL',
  email: 'test235238848@cyclesoftware.nl',
  vat_number: '',
  coc_number: '',
  discount_percentage: 0,
  datetime_created: null,
  phone_numbers: numbers(
    8,
    ['mob', '0733030050', 'Adri Van Name 235238848'],
    ['tel', '', 'Adri Van Name 235238848'],
    ['453383', '06 24238848', 'Extra 1'],
  ),
};

/** "List customers", the second. */
export const giel = {
  customer_id: 11,
  customer_type_name: 'E-commerce',
  customer_reference: 'REFBE1',
  postcode: '1000',
  house_number: '2',
  house_number_postfix: 'B',
  company_name: '',
  attn: '',
  title: 'Dhr.',
  initials: 'G',
  insertion: 'van',
  first_name: 'Giel',
  name: 'Wijgergangs',
  street: 'Belgische weg',
  city: 'Belgcity',
  country_code_iso_3166: 'BE',
  email: 'gielwijgergangs@example.com',
  vat_number: '',
  coc_number: '',
  discount_percentage: 0,
  datetime_created: null,
  phone_numbers: numbers(
    11,
    ['mob', '06 22903913', 'Giel van Wijgergangs'],
    ['tel', '073 303 0050', 'Giel van Wijgergangs'],
  ),
};

/** "Find customers", the second: CS-5, the same customer without the property. */
const { company_name: _absent, ...withoutCompany } = giel;
export const found = [adri, withoutCompany] as const;

export const listed = {
  error: false,
  error_message: null,
  customers: [adri, giel],
  pagination: { count: 2, next_offset: null },
};

export const rateLimitHeaders = {
  'X-RateLimit-Minutely-Limit': '360',
  'X-RateLimit-Minutely-Remaining': '59',
  'X-RateLimit-Daily-Limit': '15000',
  'X-RateLimit-Daily-Remaining': '14999',
  'X-RateLimit-Daily-Reset': '1678230000',
};
