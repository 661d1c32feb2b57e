import type { Clock } from '../../clock.ts';
import { parseWire, type WireText } from '../../contract/wire.ts';
import type { Written } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { badResponse } from '../../http/answer.ts';
import type { CallLimits, ProviderRequest, Transport } from '../../http/transport.ts';
import { acknowledgement, answer, type KeptEvent, type OnboardFlowRecord, sentBody } from './api.ts';

const PROVIDER = 'onboard-flow';

/**
 * Tells OnboardFlow of a customer. OF-9: the site key is put into the body here and nowhere else, so that no draft, no
 * dry run and nothing kept ever holds it. OF-7: it is sent once; nothing says that a second one would be told apart.
 */
export async function tell(
  transport: Transport,
  siteKey: string,
  clock: Clock,
  request: ProviderRequest,
  limits: CallLimits,
): Promise<Written<OnboardFlowRecord>> {
  const sent = sentBody.parse(request.json);
  return transport.send({ ...request, json: { site_key: siteKey, ...sent } }, limits, ({ json }) => {
    // OF-11: a refusal comes with status 200, and its further shape is not documented.
    if (!parseWire(PROVIDER, answer, json).success) throw rejected(json);
    const { data } = parseWire(PROVIDER, acknowledgement, json);
    // OF-2: `data.id` is the event's; the customer is inside.
    if (String(data.event_meta.data.customer.id) !== sent.customer_id) {
      throw badResponse(PROVIDER, 'an event of another customer than the one it was told of');
    }
    const acceptedAt = new Date(clock.now()).toISOString();
    return { providerId: sent.customer_id, remembered: { sent, event: withoutSiteKey(data, siteKey), acceptedAt } };
  });
}

/** OF-9: `"session_id": "f37F2PPh-1585922303"` begins with the site key. A text that holds it anywhere else is dropped. */
function withoutSiteKey(event: KeptEvent, siteKey: string): KeptEvent {
  const bare = (value: WireText): WireText => (typeof value === 'string' && value.includes(siteKey) ? null : value);
  const prefix = `${siteKey}-`;
  const session = event.session_id;
  const ownSession = typeof session === 'string' && session.startsWith(prefix) ? session.slice(prefix.length) : session;
  return {
    id: event.id,
    event_provider: bare(event.event_provider),
    session_id: bare(ownSession),
    event_date: bare(event.event_date),
    event_value: bare(event.event_value),
    event_type: bare(event.event_type),
    event_meta: { type: event.event_meta.type, created: bare(event.event_meta.created) },
    created: bare(event.created),
    updated: bare(event.updated),
  };
}

const rejected = (said: unknown): GatewayError =>
  new GatewayError('PROVIDER_REJECTED', 'OnboardFlow answered that it did not take the event.', {
    provider: PROVIDER,
    delivery: 'refused',
    answer: said,
  });
