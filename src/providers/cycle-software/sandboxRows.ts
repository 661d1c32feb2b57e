/** What the simulated CycleSoftware holds: the shape of a customer, and the documents' own. */

export interface Phone {
  readonly phone_number_id: string;
  readonly customer_id: number;
  readonly phone_number: string;
  readonly name: string;
}

export interface Row extends Readonly<typeof texts> {
  readonly customer_id: number;
  readonly discount_percentage: number;
  readonly datetime_created: string | null;
  readonly phone_numbers: readonly Phone[];
}

/** What is written as text; empty when nothing is said. */
export const texts = {
  customer_type_name: '',
  customer_reference: '',
  postcode: '',
  house_number: '',
  house_number_postfix: '',
  company_name: '',
  attn: '',
  title: '',
  initials: '',
  insertion: '',
  first_name: '',
  name: '',
  street: '',
  city: '',
  country_code_iso_3166: '',
  email: '',
  vat_number: '',
  coc_number: '',
};
export const empty: Row = {
  customer_id: 0,
  ...texts,
  discount_percentage: 0,
  datetime_created: null,
  phone_numbers: [],
};

export const named = (title: string, initials: string, insertion: string, first_name: string, name: string) => ({
  ...{ title, initials, insertion, first_name, name },
});
export const at = (
  street: string,
  house_number: string,
  house_number_postfix: string,
  postcode: string,
  city: string,
) => ({
  ...{ street, house_number, house_number_postfix, postcode, city },
});
export const phones = (
  customer_id: number,
  name: string,
  ...numbers: readonly (readonly [id: string, phone: string, name?: string])[]
): Phone[] =>
  numbers.map(([phone_number_id, phone_number, own = name]) => ({
    phone_number_id,
    customer_id,
    phone_number,
    name: own,
  }));

export const examples: readonly Row[] = [
  {
    ...empty,
    customer_id: 4,
    customer_type_name: 'Klant',
    ...named('Dhr./Mevr. ', 'G', '', '', 'Name 64070233d1b8c'),
    ...at('Bruggen', '38', '', '5243RB', 'Rosmalen'),
    country_code_iso_3166: 'NL',
    email: 'test@hotmail.com',
    phone_numbers: phones(4, 'Dhr./Mevr.  G Name 64070233d1b8c', ['mob', ''], ['tel', '']),
  },
  {
    ...empty,
    customer_id: 8,
    customer_type_name: 'Klant',
    customer_reference: 'REF46',
    ...named('Dhr.', 'A', 'Van', 'Adri', 'Name 235238848'),
    ...at('Mauritslaan', '32', 'B', '8448PE', 'Heerenveen'),
    country_code_iso_3166: 'NL',
    email: 'test235238848@cyclesoftware.nl',
    phone_numbers: phones(
      8,
      'Adri Van Name 235238848',
      ['mob', '0733030050'],
      ['tel', ''],
      ['453383', '06 24238848', 'Extra 1'],
    ),
  },
  {
    ...empty,
    customer_id: 11,
    customer_type_name: 'E-commerce',
    customer_reference: 'REFBE1',
    ...named('Dhr.', 'G', 'van', 'Giel', 'Wijgergangs'),
    ...at('Belgische weg', '2', 'B', '1000', 'Belgcity'),
    country_code_iso_3166: 'BE',
    email: 'gielwijgergangs@example.com',
    phone_numbers: phones(11, 'Giel van Wijgergangs', ['mob', '06 22903913'], ['tel', '073 303 0050']),
  },
  {
    ...empty,
    customer_id: 1006,
    customer_type_name: 'Klant',
    customer_reference: 'OwnRef',
    company_name: 'Company name',
    attn: 'Name of address',
    ...named('Dhr./Mevr. ', 'T', 'van', 'Tim', 'LastName'),
    ...at('Raadhuisplein', '1', 'c', '5388GM', 'Nistelrode'),
    country_code_iso_3166: 'NL',
    email: 'name@domain.nl',
    vat_number: 'NL855630693B01',
    coc_number: '64356582',
    datetime_created: '2023-01-03 12:30:44',
    // The numbers of customer 6: that is why a search for them does not find this customer.
    phone_numbers: phones(
      6,
      'Dhr./Mevr.  T UnitTest',
      ['mob', '06-12345678', 'Dhr./Mevr. T UnitTest'],
      ['tel', '0733030050'],
    ),
  },
];
