/** Where a model's versions and log stand in the store. */
import type { ModelVersion } from './contract.ts';

export const REGISTRY = 'registry/';

const NUMBER_DIGITS = 20;

const FILES: Readonly<Record<keyof ModelVersion['artefacts'], string>> = {
  onnx: 'model.onnx',
  trainer: 'xgboost-model',
  encoder: 'encoder.json',
  metrics: 'metrics.json',
  baseline: 'baseline.json',
};

export function logPrefix(model: string): string {
  return `${REGISTRY}${model}/log/`;
}

export function logKey(model: string, number: number): string {
  return `${logPrefix(model)}${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
}

export function metadataKey(model: string, version: number): string {
  return `${REGISTRY}${model}/versions/${version}/metadata.json`;
}

export function artefactKey(model: string, version: number, name: keyof ModelVersion['artefacts']): string {
  return `${REGISTRY}${model}/versions/${version}/${FILES[name]}`;
}
