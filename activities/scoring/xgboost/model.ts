/**
 * XGBoost's own model file (JSON or UBJSON, written by 1.0 to 3.4), read into what prediction needs and
 * checked so far that walking it can't go astray.
 */
import { invalidModel, unsupportedModel } from './failure.ts';
import { type Fields, fields, integer, integers, numbers, text } from './fields.ts';
import { baseMargin, linkOf, type Link } from './objective.ts';
import { readTrees, type Tree } from './tree.ts';
import { readUbjson } from './ubjson.ts';

interface ModelBase {
  readonly objective: string;
  readonly link: Link;
  /** Columns of the input matrix. */
  readonly features: number;
  /** Margins of one row: classes of a multi-class model, else targets; one for most. */
  readonly groups: number;
  /** By group, added to every row. */
  readonly baseMargins: Float32Array;
}

export interface TreeModel extends ModelBase {
  readonly booster: 'gbtree' | 'dart';
  readonly trees: readonly Tree[];
}

export interface LinearModel extends ModelBase {
  readonly booster: 'gblinear';
  /** (features + 1) × groups, row-major; the last row is the bias. */
  readonly weights: Float32Array;
}

export type XGBoostModel = TreeModel | LinearModel;

/** @throws InvalidModel, UnsupportedModel */
export function readModel(bytes: Uint8Array): XGBoostModel {
  const root = fields(parse(bytes), 'the model');
  const learner = fields(root['learner'], 'learner');
  const base = readBase(learner, majorVersion(root));
  const booster = fields(learner['gradient_booster'], 'gradient_booster');
  const name = text(booster, 'name');
  switch (name) {
    case 'gbtree':
      return { ...base, booster: name, trees: readTrees(fields(booster['model'], 'model'), base) };
    case 'dart': {
      const model = fields(fields(booster['gbtree'], 'gbtree')['model'], 'model');
      return { ...base, booster: name, trees: readTrees(model, base, numbers(booster, 'weight_drop')) };
    }
    case 'gblinear':
      return readLinear(fields(booster['model'], 'model'), base);
    default:
      throw unsupportedModel(`The booster '${name}'`, 'Train with gbtree, dart or gblinear.');
  }
}

function parse(bytes: Uint8Array): unknown {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (start === 'binf') {
    throw unsupportedModel(
      "XGBoost's legacy binary format",
      "Load it with XGBoost before 3.1 and save it again under a name that ends in '.json' or '.ubj'.",
    );
  }
  // Both formats begin with a brace; in UBJSON the length of the first key follows as a number.
  if (/^\{[iUIlL$#]/.test(start)) return readUbjson(bytes);
  if (/^\s*\{/.test(start)) return parseJson(bytes);
  throw invalidModel(
    `This is no XGBoost model: it begins with neither JSON nor UBJSON${guess(start)}. ` +
      "Give the file that XGBoost's save_model wrote.",
  );
}

function guess(start: string): string {
  if (start.startsWith('\x1f\x8b')) return ' but looks like gzip (unpack it first)';
  if (start.startsWith('PK')) return ' but looks like a zip archive';
  if (start.startsWith('\x80')) return ' but looks like a Python pickle';
  return '';
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalidModel(`The JSON is damaged: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function majorVersion(root: Fields): number {
  const version = integers(root, 'version', 3)[0]!;
  if (version >= 1) return version;
  throw unsupportedModel(`A model of XGBoost ${version}.x`, 'Save it again with XGBoost 1.0 or later.');
}

function readBase(learner: Fields, version: number): ModelBase {
  const params = fields(learner['learner_model_param'], 'learner_model_param');
  const objective = text(fields(learner['objective'], 'objective'), 'name');
  const link = linkOf(objective);
  const features = integer(params, 'num_feature', 1);
  const classes = integer(params, 'num_class', 0);
  const targets = params['num_target'] === undefined ? 1 : integer(params, 'num_target', 1);
  const multiClass = link === 'softmax' || link === 'class';
  if (multiClass && classes < 2) throw invalidModel(`'${objective}' has ${classes} classes.`);
  if (classes > 1 && targets > 1) {
    throw unsupportedModel('A model of several classes and several targets', 'Train one model a target.');
  }
  const groups = multiClass ? classes : targets;
  const baseMargins = readBaseScore(text(params, 'base_score'), groups).map((score) =>
    baseMargin(objective, score, version),
  );
  if (!baseMargins.every(Number.isFinite)) throw invalidModel(`base_score does not suit '${objective}'.`);
  return { objective, link, features, groups, baseMargins };
}

/** A scalar before 3.1 (`5E-1`), an array after (`[4.6E-1]`); one value may stand for all groups. */
function readBaseScore(value: string, groups: number): Float32Array {
  const scores = value
    .trim()
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((score) => (score.trim() === '' ? Number.NaN : Number(score)));
  if (scores.length !== 1 && scores.length !== groups) {
    throw invalidModel(`base_score has ${scores.length} values for ${groups} outputs.`);
  }
  return Float32Array.from({ length: groups }, (_, group) => scores[group] ?? scores[0]!);
}

/** gblinear adds the first group's base score to every group (gblinear.cc of 1.7 to 3.4), so that is its base. */
function readLinear(model: Fields, base: ModelBase): LinearModel {
  const weights = Float32Array.from(numbers(model, 'weights', (base.features + 1) * base.groups));
  if (!weights.every(Number.isFinite)) throw invalidModel('A weight of the linear model is not finite.');
  return {
    ...base,
    baseMargins: new Float32Array(base.groups).fill(base.baseMargins[0]!),
    booster: 'gblinear',
    weights,
  };
}
