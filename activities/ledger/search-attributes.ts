/** Search attributes of ours that the namespace knows: setting an unknown one would stall a run for ever. */
import type { Client } from '@temporalio/client';

const OURS = /^Assay/;
/** They change when an operator adds one; a run may learn of it this much later. */
const FRESH = 60_000;

export function createSearchAttributes(client: Client): () => Promise<readonly string[]> {
  let known: { readonly names: Promise<readonly string[]>; readonly at: number } | undefined;
  return async () => {
    if (known === undefined || Date.now() - known.at > FRESH) known = { names: list(client), at: Date.now() };
    try {
      return await known.names;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}

async function list(client: Client): Promise<readonly string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(customAttributes ?? {}).filter((name) => OURS.test(name));
}
