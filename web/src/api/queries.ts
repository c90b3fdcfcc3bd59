import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { upTo } from '../lib/pages';
import { ask, client } from './client';

/** Every question that a page asks. What can change stands below "live", which each new entry makes stale. */

export const chain = () => queryOptions({
  queryKey: ['live', 'chain'],
  queryFn: ({ signal }) => ask(client.GET('/v1/chain', { signal })),
});

export const money = () => queryOptions({
  queryKey: ['live', 'money'],
  queryFn: ({ signal }) => ask(client.GET('/v1/money', { signal })),
});

export const series = (widthMs: number) => queryOptions({
  queryKey: ['live', 'series', widthMs],
  queryFn: ({ signal }) => ask(client.GET('/v1/series', { params: { query: { widthMs } }, signal })),
  placeholderData: keepPreviousData,
});

export const agents = (after?: number) => queryOptions({
  queryKey: ['live', 'agents', after ?? 0],
  queryFn: ({ signal }) => ask(client.GET('/v1/agents', { params: { query: { after, limit: 100 } }, signal })),
});

export const agent = (id: string) => queryOptions({
  queryKey: ['live', 'agent', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/agents/{id}', { params: { path: { id } }, signal })),
});

export const account = (id: string) => queryOptions({
  queryKey: ['live', 'account', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/accounts/{id}', { params: { path: { id } }, signal })),
});

export const accountEntries = (id: string, limit = 15) => queryOptions({
  queryKey: ['live', 'accountEntries', id, limit],
  queryFn: ({ signal }) => ask(client.GET('/v1/accounts/{id}/entries', {
    params: { path: { id }, query: { limit } }, signal,
  })),
});

export interface ServiceQuestion {
  capability?: string | undefined;
  maxPrice?: string | undefined;
  minSettledPpm?: number | undefined;
  health?: string | undefined;
}

export const services = (question: ServiceQuestion = {}) => queryOptions({
  queryKey: ['live', 'services', question],
  queryFn: ({ signal }) => upTo(1000, (limit, after) => ask(client.GET('/v1/services', {
    params: { query: { ...question, limit, after } }, signal,
  }))),
  placeholderData: keepPreviousData,
});

export const openWorkloads = () => queryOptions({
  queryKey: ['live', 'open'],
  queryFn: ({ signal }) => ask(client.GET('/v1/workloads', { params: { query: { limit: 200 } }, signal })),
});

export const finished = (limit: number, party?: string, after?: number) => queryOptions({
  queryKey: ['live', 'finished', limit, party ?? '', after ?? 0],
  queryFn: ({ signal }) => ask(client.GET('/v1/workloads/finished', {
    params: { query: { party, after, limit } }, signal,
  })),
  placeholderData: keepPreviousData,
});

export const openWorkload = (id: string) => queryOptions({
  queryKey: ['live', 'workload', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/workloads/{id}', { params: { path: { id } }, signal })),
});

export const workloadHistory = (id: string) => queryOptions({
  queryKey: ['live', 'history', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/workloads/{id}/history', { params: { path: { id } }, signal })),
});

export const receipt = (id: string) => queryOptions({
  queryKey: ['receipt', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/workloads/{id}/receipt', { params: { path: { id } }, signal })),
  refetchInterval: (query) => (query.state.error ? 5_000 : false),
});

export const entryWords = (from: number, limit: number) => queryOptions({
  queryKey: ['entryWords', from, limit],
  queryFn: ({ signal }) => ask(client.GET('/v1/entries/words', { params: { query: { from, limit } }, signal })),
  placeholderData: keepPreviousData,
});

export const entry = (seq: number) => queryOptions({
  queryKey: ['entry', seq],
  queryFn: ({ signal }) => ask(client.GET('/v1/entries/{seq}/words', { params: { path: { seq } }, signal })),
});

export const proof = (seq: number) => queryOptions({
  queryKey: ['proof', seq],
  queryFn: ({ signal }) => ask(client.GET('/v1/entries/{seq}/proof', {
    params: { path: { seq: String(seq) } }, signal,
  })),
  refetchInterval: (query) => (query.state.error ? 3_000 : false),
});

export const blocks = (from: number, limit: number) => queryOptions({
  queryKey: ['blocks', from, limit],
  queryFn: ({ signal }) => ask(client.GET('/v1/blocks', { params: { query: { from, limit } }, signal })),
  placeholderData: keepPreviousData,
});

export const approvals = (guardian?: string, agent?: string) => queryOptions({
  queryKey: ['live', 'approvals', guardian ?? '', agent ?? ''],
  queryFn: ({ signal }) => ask(client.GET('/v1/approvals', {
    params: { query: { guardian, agent, limit: 20 } }, signal,
  })),
});

export const approval = (id: string) => queryOptions({
  queryKey: ['live', 'approval', id],
  queryFn: ({ signal }) => ask(client.GET('/v1/approvals/{id}', { params: { path: { id } }, signal })),
});

export const motions = (guardian?: string, agent?: string) => queryOptions({
  queryKey: ['live', 'motions', guardian ?? '', agent ?? ''],
  queryFn: ({ signal }) => ask(client.GET('/v1/motions', {
    params: { query: { guardian, agent, limit: 20 } }, signal,
  })),
});

export const overrides = (agent: string) => queryOptions({
  queryKey: ['live', 'overrides', agent],
  queryFn: ({ signal }) => ask(client.GET('/v1/overrides', { params: { query: { agent, limit: 100 } }, signal })),
});

export const decisions = (agent: string, before?: number) => queryOptions({
  queryKey: ['live', 'decisions', agent, before ?? 0],
  queryFn: ({ signal }) => ask(client.GET('/v1/agents/{id}/history', {
    params: { path: { id: agent }, query: { before, limit: 20 } }, signal,
  })),
  placeholderData: keepPreviousData,
});

export const templates = () => queryOptions({
  queryKey: ['templates'],
  queryFn: ({ signal }) => ask(client.GET('/v1/constitutions/templates', { signal })),
});

/** How long a motion that loosens waits, ms: it is the chain's, for ever. */
export const loosening = () => queryOptions({
  queryKey: ['loosening'],
  queryFn: async ({ signal }) => {
    const genesis = await ask(client.GET('/v1/genesis', { signal })) as unknown as
      { parameters?: { looseningDelayMs?: number } };
    return genesis.parameters?.looseningDelayMs ?? 0;
  },
  staleTime: Infinity,
});

export const alerts = (agent?: string, cursor?: number, limit = 25) => queryOptions({
  queryKey: ['live', 'alerts', agent ?? '', cursor ?? 0, limit],
  queryFn: ({ signal }) => ask(client.GET('/v1/alerts', { params: { query: { agent, cursor, limit } }, signal })),
  placeholderData: keepPreviousData,
});
