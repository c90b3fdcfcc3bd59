import { readFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('the client is what its generator makes of the document', async () => {
  const made = astToString(await openapiTS(new URL('../openapi.json', import.meta.url)));
  const kept = readFileSync(new URL('../src/api/schema.d.ts', import.meta.url), 'utf8');
  expect(kept.endsWith(made), 'The types are old: say `npm run api`.').toBe(true);
});
