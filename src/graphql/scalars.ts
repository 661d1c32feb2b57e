import { GraphQLError, GraphQLScalarType } from 'graphql';
import {
  CountryCodeResolver,
  DateTimeResolver,
  EmailAddressResolver,
  JSONObjectResolver,
  PhoneNumberResolver,
  URLResolver,
} from 'graphql-scalars';
import type { Builder } from './builder.ts';

/** The contract's scalars. Values are canonical before they come here: see the normalisers in `src/model`. */
export function addScalars(builder: Builder): void {
  builder.addScalarType(
    'EmailAddress',
    described(EmailAddressResolver, 'A valid email address, lower-cased domain. Never an empty string.'),
  );
  builder.addScalarType('PhoneNumber', described(PhoneNumberResolver, 'An E.164 phone number, e.g. +33952540370.'));
  builder.addScalarType(
    'CountryCode',
    described(CountryCodeResolver, 'An ISO 3166-1 alpha-2 country code, upper case.'),
  );
  builder.addScalarType('DateTime', described(DateTimeResolver, 'An instant in RFC 3339, UTC.'));
  builder.addScalarType('URL', described(URLResolver, 'An absolute URL.'));
  builder.addScalarType('JSONObject', described(JSONObjectResolver, 'A JSON object.'));
}

function described<Internal, External>(
  scalar: GraphQLScalarType<Internal, External>,
  description: string,
): GraphQLScalarType<Internal, External> {
  const { specifiedByURL: _, ...config } = scalar.toConfig();
  /** The library quotes a value that it refuses. */
  const told =
    <Parts extends unknown[]>(parse: (...parts: Parts) => Internal) =>
    (...parts: Parts): Internal => {
      try {
        return parse(...parts);
      } catch {
        throw new GraphQLError(`This is not what ${config.name} takes: ${description}`);
      }
    };
  const [parseValue, parseLiteral] = [told(config.parseValue), told(config.parseLiteral)];
  return new GraphQLScalarType({ ...config, description, parseValue, parseLiteral });
}
