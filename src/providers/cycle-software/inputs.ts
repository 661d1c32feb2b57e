import { z } from 'zod';
import { ownText, ownTextAs } from '../../contract/ownText.ts';
import { CUSTOMER_TYPES, customerType } from './customerType.ts';

const NUMBERS_LIMIT = 50;
const DISCOUNT_RANGE = 'A discount is 0 to 100 percent.';

/** CS-6: in any case, written as the provider spells it. */
const typeName = ownTextAs((value, context) => {
  const type = customerType(value);
  if (type !== null) return type;
  context.addIssue({ code: 'custom', message: `This is no customer type: give ${CUSTOMER_TYPES.join(', ')}.` });
  return z.NEVER;
});

const phoneNumber = z.object({ phoneNumberId: ownText(), phoneNumber: ownText(), name: ownText() });

const phoneNumbers = z
  .array(phoneNumber, { error: 'To clear a phone number, name it by its id with phoneNumber: null.' })
  .max(NUMBERS_LIMIT, `These are more than ${NUMBERS_LIMIT} phone numbers.`);

/** `CycleSoftwareUpdateInput` after coercion. */
export const updateInput = z.object({
  customerTypeName: typeName,
  customerReference: ownText(),
  attn: ownText(),
  title: ownText(),
  initials: ownText(),
  insertion: ownText(),
  street: ownText(),
  houseNumber: ownText(),
  houseNumberPostfix: ownText(),
  cocNumber: ownText(),
  discountPercentage: z.number().min(0, DISCOUNT_RANGE).max(100, DISCOUNT_RANGE).nullish(),
  phoneNumbers: phoneNumbers.optional(),
});

/** `CycleSoftwareCreateInput` after coercion: with nothing there to clear, no list is an absent one. */
export const createInput = updateInput.extend({
  phoneNumbers: phoneNumbers.nullish().transform((numbers) => numbers ?? undefined),
});

/** `CycleSoftwareFilter` after coercion. CS-6: types are searched by number. */
export const cycleSoftwareFilter = z.object({
  houseNumber: ownText(),
  houseNumberPostfix: ownText(),
  customerTypeId: z.number().int().nonnegative().nullish(),
});

export type PhoneNumberInput = Partial<z.infer<typeof phoneNumber>>;

/** Absent is undefined: leave as it is. */
export interface CycleSoftwareInput extends Partial<Omit<z.infer<typeof updateInput>, 'phoneNumbers'>> {
  readonly phoneNumbers?: readonly PhoneNumberInput[] | undefined;
}
