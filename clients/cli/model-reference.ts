/** Which version a person means: `NAME`, `NAME@ALIAS` or `NAME/VERSION`. */
import type { Alias, ModelVersion, Registry } from '../../activities/registry/contract.ts';
import { Refusal } from '../refusal.ts';

const REFERENCE = /^(?<model>[^@/]+)(?:@(?<alias>[^@/]+)|\/(?<version>[1-9]\d*))?$/;
const ALIASES: readonly Alias[] = ['champion', 'challenger', 'previous'];

/** A name alone means the champion, or the newest version where there is none. @throws Refusal, UnknownModel, UnknownVersion */
export async function findVersion(registry: Registry, text: string): Promise<ModelVersion> {
  const { model, alias, version } = REFERENCE.exec(text)?.groups ?? {};
  if (model === undefined) {
    throw new Refusal('InvalidReference', `'${text}' is none of NAME, NAME@ALIAS and NAME/VERSION`, {
      next: 'assay models list',
    });
  }
  if (version !== undefined) return registry.version(model, Number(version));
  if (alias !== undefined) return aliased(registry, model, alias);
  const { champion } = await registry.aliases(model);
  return registry.version(model, champion ?? (await newest(registry, model)));
}

async function aliased(registry: Registry, model: string, wanted: string): Promise<ModelVersion> {
  const alias = ALIASES.find((known) => known === wanted);
  if (alias === undefined) {
    throw new Refusal('UnknownAlias', `'${wanted}' is no alias; known are ${ALIASES.join(', ')}`, {
      next: `assay models show ${model}`,
    });
  }
  const version = (await registry.aliases(model))[alias];
  if (version !== undefined) return registry.version(model, version);
  throw new Refusal('AliasUnset', `${model} has no ${alias}`, { next: `assay models log ${model}` });
}

async function newest(registry: Registry, model: string): Promise<number> {
  const log = await registry.log(model);
  return Math.max(...log.flatMap((entry) => (entry.kind === 'registered' ? [entry.version] : [])));
}
