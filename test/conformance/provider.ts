import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Connection } from '../../src/contract/provider.ts';
import { createTransport } from '../../src/http/transport.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { testDefinition } from './definition.ts';
import { testHostileReads } from './hostileReads.ts';
import { testHostileWrites } from './hostileWrites.ts';
import { testReading } from './reading.ts';
import { testRecalling } from './recalling.ts';
import { isNative, type Subject, startSubject } from './subject.ts';
import { testTolerance } from './tolerance.ts';
import { testWriting, WRITES } from './writing.ts';

/**
 * What a provider promises by being one, as tests. Nothing here knows which provider it is: everything comes from its
 * definition, its simulation and the schema that is made of them, so a new provider needs no word here.
 * @param folder another place to find providers in
 */
export async function testProvider(id: string, folder?: URL): Promise<void> {
  const providers = await loadProviders(folder);
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Error(`there is no provider ${id}`);

  describe(`the provider ${id}`, () => {
    let subject: Subject;
    let connection: Connection;
    beforeAll(async () => {
      subject = await startSubject(providers, id, folder);
      const environment = { AUTH: 'none', TRUST_ORDER: id, ...subject.sandbox.env };
      const settings = readConfig(environment, [provider]).providers.get(id) ?? {};
      connection = provider.connect(settings, {
        clock: subject.clock,
        transport: (options) =>
          createTransport({
            ...options,
            ...{ provider: id, timeoutMs: 10_000 },
            clock: subject.clock,
            report: () => undefined,
          }),
      });
    });
    afterEach(() => {
      subject.sandbox.clearFaults();
      subject.received();
    });
    afterAll(async () => {
      await connection.close();
      await subject.world.close();
    });
    const now = () => subject;

    describe('says what it is:', () => testDefinition(provider, now, () => connection));
    describe('is read:', () => testReading(provider, now, () => connection));
    describe('is kept as a copy:', () => testRecalling(provider, now, () => connection));
    if (isNative(provider, 'READ')) {
      describe('is read when it is not well:', () => testHostileReads(provider, providers, now));
    }
    describe('answers otherwise than documented:', () => testTolerance(provider, now));
    describe('is written:', () => testWriting(provider, now));
    if (WRITES.some((write) => isNative(provider, write))) {
      describe('is written when it is not well:', () => testHostileWrites(provider, providers, now));
    }
  });
}
