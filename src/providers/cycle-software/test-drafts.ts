import type { Draft, Patch } from '../../contract/write.ts';
import type { CycleSoftwareCustomer } from './api.ts';
import type { CycleSoftwareInput } from './inputs.ts';
import { wireOf } from './test-server.ts';
import { draftCreate, draftUpdate } from './writes.ts';

export const decidedAt = new Date('2024-01-01T00:00:00Z');

export const create = (patch: Patch, own: CycleSoftwareInput = {}): Draft => draftCreate({ patch, own, decidedAt });

export const update = (json: CycleSoftwareCustomer, patch: Patch, own: CycleSoftwareInput = {}): Draft =>
  draftUpdate({
    ...{ patch, own, decidedAt },
    current: { providerId: String(json.customer_id), wire: wireOf(json) },
  });

/** The body that differs from the record in nothing but `difference`. */
export const body = (json: CycleSoftwareCustomer, difference: object): object => ({ ...json, ...difference });
