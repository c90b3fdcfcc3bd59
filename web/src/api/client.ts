import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

const client = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });

/** Why the node gave no answer that can be shown. */
export class NodeError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }

  get isSession(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was asked for, or a NodeError. */
export async function ask<T>(question: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await question;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NodeError(0, 'unreachable', 'The node does not answer.');
  }
  if (answer.response.ok && answer.data !== undefined) return answer.data;
  const problem = (answer.error ?? {}) as { code?: string; detail?: string };
  throw new NodeError(
    answer.response.status,
    problem.code ?? 'unknown',
    problem.detail ?? `The node answered with status ${answer.response.status}.`);
}

export { client };
