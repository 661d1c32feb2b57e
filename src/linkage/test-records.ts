import { NO_ADDRESS, NO_PROFILE } from '../model/customer.ts';
import type { Comparing } from './comparable.ts';

export type Stated = Omit<Partial<Comparing>, 'address'> & { readonly address?: Partial<Comparing['address']> };

/** A profile that states this, and nothing else. */
export function stated({ address, ...rest }: Stated): Comparing {
  return { ...NO_PROFILE, ...rest, address: address === undefined ? null : { ...NO_ADDRESS, ...address } };
}

/** Two hundred people with nothing in common but their street and their first names. */
export const CROWD: readonly Comparing[] = Array.from({ length: 200 }, (_, number) =>
  stated({
    firstName: ['Anna', 'Bert', 'Carla', 'Dirk'][number % 4] ?? null,
    lastName: `${'bcdfghjklmnprstvwz'.charAt(number % 18)}${'aeiou'.charAt(number % 5)}${'lmnrst'.charAt(number % 6)}${number % 7 === 0 ? 'stra' : 'sen'}`,
    email: `someone.${number}@example.com`,
    phone: `+31${600_000_000 + number * 7919}`,
    address: { line1: `Kerkstraat ${number}`, city: 'Utrecht', postalCode: `${3500 + number}AB`, country: 'NL' },
  }),
);
