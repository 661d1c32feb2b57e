/** What the simulated Dirty Lemon holds: the shape of a customer, and what the document's examples say. */

export interface Row {
  readonly id: string;
  readonly phone_number: string | null;
  readonly unconfirmed_phone_number: string | null;
  readonly country_code: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly confirmation_token: string;
  readonly confirmed_at: string | null;
  readonly confirmation_sent_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  /** When the token was made, which is never shown; null where nobody remembers. */
  readonly token_made_at: number | null;
}

export const yogi: Row = {
  id: 'fffd7e80-1691-41f5-8946-9deeaf0b8640',
  phone_number: '+13333333333',
  unconfirmed_phone_number: '+13333333333',
  country_code: 'US',
  email: 'customer@example.com',
  first_name: 'Yogi',
  last_name: 'Berra',
  confirmation_token: '123456',
  confirmed_at: '2016-09-02T09:40:08.004Z',
  confirmation_sent_at: '2016-09-02T09:40:07.004Z',
  created_at: '2016-09-02T09:40:06.004Z',
  updated_at: '2016-09-07T02:12:02.012Z',
  token_made_at: null,
};

// The document's first create and the links of its first read.
export const firstId = '32139dfd-87c3-4552-8e91-0d9de718bff6';
export const firstToken = '152200';
export const firstLinks = ['6243c9', '192b86', '0896d5'];
