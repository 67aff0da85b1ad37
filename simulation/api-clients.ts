import { hostileRequests } from './api-attacks';
import type { ApiObservations, ApiRequest, Exchange, Order, Purpose } from './api-observations';
import { isSuccess } from './api-observations';
import { withTexts } from './input-texts';
import { API } from './jobs';
import type { RequestAction, Requests, Scenario } from './scenario';
import type { Seeded } from './seeded';
import type { Emulator } from '../emulator/emulator';
import type { Execution } from '../emulator/states/execution';
import { isOver } from '../src/contract/api-runs';

/** Who asks for runs of others. */
const ATTACKER = 'owner-of-nothing';
/** The key of all callers, where they have one. */
const COMMON_KEY = 'the key of all';
/** How many records a page of the last list has, so that there are several pages. */
const PAGE = 3;
/** Milliseconds between two requests at the end. They share the calls of Step Functions that an API may make. */
const BETWEEN_LAST = 1_000;
/** How many runs of one order have actions. */
const MOST_RUNS = 3;
/** How often such a request is repeated. */
const LAST_TRIES = 20;

/** The clients of the API: they start runs, repeat requests that failed, ask for their runs until these are over, and do what the scenario says. */
export class ApiClients {
  /** How many clients are still at work, besides those that only ask. */
  busy = 0;
  private isClosing = false;
  private readonly requests: Requests;

  private readonly actions: { readonly [action in RequestAction]: (order: Order, id: string) => Promise<void> } = {
    'cancel by request': async (order, id) => {
      await this.repeat(order, `cancel ${order.name}`, { method: 'DELETE', path: `/runs/${id}` }, 'cancel');
    },
    'redrive by request': async (order, id) => {
      await this.repeat(order, `redrive ${order.name}`, { method: 'POST', path: `/runs/${id}/redrive` }, 'redrive');
      void this.follow(order);
    },
    'send the request again': async (order) => { await this.startOne(order, `${order.name} again`); },
    'send another body': async (order) => {
      const request = { ...this.startRequest(order), body: JSON.stringify({ size: `${order.text}, and more` }) };
      await this.repeat(order, `other ${order.name}`, request, 'start with another body');
    },
    'ask for runs of others': (order, id) => this.attack(order, id),
  };

  constructor(
    private readonly scenario: Scenario,
    private readonly seeded: Seeded,
    private readonly emulator: Emulator,
    private readonly observed: ApiObservations,
    private readonly onExchange: (exchange: Exchange) => void,
  ) {
    this.requests = scenario.requests!;
  }

  /** Starts a run by requests, and asks for it until it is over. */
  start(name: string, index: number): void {
    const { owners, key, atOnce } = this.requests;
    const order = this.order(name, `owner-${index % owners}`, { 'own': `key of ${name}`, 'the same': COMMON_KEY, 'none': undefined }[key]);
    this.work(async () => {
      await Promise.all(Array.from({ length: atOnce }, (_, copy) => this.startOne(order, `${name}/${copy}`)));
      void this.follow(order);
    });
  }

  /** What a client does at a moment of a run. */
  perform(action: RequestAction, { name: id, input }: Execution): void {
    const order = this.observed.orders.find(({ text }) => text === (input as { parameters?: { size?: string } }).parameters?.size);
    // An order of several runs is a finding. Each of them would have these actions, and so there could be more and more.
    if (!order || order.owner === ATTACKER || order.ids.size > MOST_RUNS) return;
    this.work(() => this.actions[action](order, id));
  }

  /** The clients ask no more, and one of each owner lists all runs and asks for each of them. */
  async close(): Promise<void> {
    this.isClosing = true;
    const ids = new Set<string>();
    for (const owner of new Set(this.observed.orders.map((order) => order.owner))) {
      let next: string | undefined;
      do {
        const list = await this.sendLast(owner, `/runs?limit=${PAGE}${next ? `&next=${next}` : ''}`, 'list');
        for (const { id } of list.body?.runs ?? []) ids.add(id);
        next = list.body?.next;
      } while (next !== undefined);
      for (const order of this.observed.orders.filter((each) => each.owner === owner)) order.ids.forEach((id) => ids.add(id));
      for (const id of ids) {
        await this.sendLast(owner, `/runs/${id}`, 'last');
        await this.emulator.clock.sleep(BETWEEN_LAST);
      }
      ids.clear();
    }
  }

  /** A request that has to be answered: no fault is for ever. */
  private async sendLast(owner: string, path: string, purpose: Purpose): Promise<Exchange> {
    for (let tries = 0; ; tries++) {
      const exchange = await this.send(owner, { method: 'GET', path }, purpose);
      if (isSuccess(exchange) || tries === LAST_TRIES) return exchange;
      await this.emulator.clock.sleep(BETWEEN_LAST);
    }
  }

  private work(client: () => Promise<void>): void {
    this.busy++;
    void client().finally(() => { this.busy--; });
  }

  private order(name: string, owner: string, key: string | undefined): Order {
    const { size } = withTexts({ size: { own: 'parameter' } }, name) as { size: string };
    const order = { name, owner, key, text: size, ids: new Set<string>() };
    this.observed.orders.push(order);
    return order;
  }

  private startRequest({ key, text }: Order): ApiRequest {
    const headers = { 'content-type': 'application/json', ...key !== undefined && { 'idempotency-key': key } };
    return { method: 'POST', path: `/jobs/${API.jobs[this.scenario.job]}/runs`, headers, body: JSON.stringify({ size: text }) };
  }

  private async startOne(order: Order, random: string): Promise<void> {
    // Without a key, a request that is repeated could be another run.
    const exchange = await this.repeat(order, random, this.startRequest(order), 'start', order.key === undefined ? 0 : undefined);
    if (isSuccess(exchange) && typeof exchange.body?.id === 'string') order.ids.add(exchange.body.id);
  }

  /** Sends a request until it is answered, or as often as the scenario says. */
  private async repeat(order: Order, random: string, request: ApiRequest, purpose: Purpose, repeats = this.requests.repeats): Promise<Exchange> {
    for (let tries = 0; ; tries++) {
      const exchange = await this.send(order.owner, request, purpose, order);
      const { status } = exchange.answer;
      if (tries >= repeats || (status < 500 && status !== 429)) return exchange;
      await this.emulator.clock.sleep(this.seeded.between(this.requests.repeatsAfter, `repeat ${random}`));
      // A caller may look first whether there is a run.
      if (this.seeded.chance(0.5, `look ${random}`)) await this.send(order.owner, { method: 'GET', path: '/runs' }, 'list');
    }
  }

  /** Asks for a run, in several ways, until it is over. */
  private async follow({ name, owner, ids }: Order): Promise<void> {
    let etag: string | undefined;
    for (const id of ids) {
      for (;;) {
        await this.emulator.clock.sleep(this.seeded.between(this.requests.asks, `ask ${name}`));
        if (this.isClosing) return;
        const wait = this.seeded.chance(0.1, `wait ${name}`) ? '?wait=20' : '';
        const asked = await this.send(owner, { method: 'GET', path: `/runs/${id}${wait}`, headers: etag === undefined ? {} : { 'if-none-match': etag } }, 'ask');
        if (isOver(asked.body?.status)) break;
        etag = this.seeded.chance(0.5, `etag ${name}`) ? asked.answer.headers.etag as string | undefined : undefined;
        if (this.seeded.chance(0.2, `log ${name}`)) await this.send(owner, { method: 'GET', path: `/runs/${id}/logs?from=tail` }, 'log');
        if (this.seeded.chance(0.2, `list ${name}`)) await this.send(owner, { method: 'GET', path: '/runs?limit=100' }, 'list');
      }
    }
  }

  /** A caller who has a run of his own, and wants those of another one. */
  private async attack(victim: Order, id: string): Promise<void> {
    const name = 'a run of the attacker';
    const known = this.observed.orders.find((order) => order.name === name);
    const order = known ?? this.order(name, ATTACKER, victim.key);
    if (!known) await this.startOne(order, name);
    for (const ownId of order.ids) {
      const log = await this.send(victim.owner, { method: 'GET', path: `/runs/${id}/logs` }, 'log');
      const hostile = hostileRequests({ id, ownId, owner: victim.owner, job: API.jobs[this.scenario.job], cursor: log.body?.next });
      for (const request of hostile) await this.send(ATTACKER, request, 'hostile');
    }
  }

  private async send(owner: string, request: ApiRequest, purpose: Purpose, order?: Order): Promise<Exchange> {
    const { clock, httpApis } = this.emulator;
    const at = clock.now();
    const answer = await httpApis.request(this.observed.facts.path, { ...request, authorizer: { jwt: { claims: { [API.ownerClaim]: owner }, scopes: null } } });
    const exchange: Exchange = { owner, purpose, request, order, at, answeredAt: clock.now(), answer, body: jsonOf(answer.body) };
    this.observed.exchanges.push(exchange);
    this.onExchange(exchange);
    return exchange;
  }
}

function jsonOf(body: string | Buffer): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
