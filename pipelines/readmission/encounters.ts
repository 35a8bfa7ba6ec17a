/** Draws encounters one after another: patients come back, and the sicker ones use more of everything. */
import type { Random } from '../../workflows/domain/random.ts';
import { between, choose, normal, poisson, table, type Table } from './draw.ts';
import { logOdds, type RiskFactors } from './label-model.ts';
import * as share from './marginals.ts';
import { COLUMNS, DRUGS } from './source.ts';

export interface Encounter {
  /** Text by column, in the order of the file. */
  readonly values: readonly string[];
  /** What a model could know at best. */
  readonly logOdds: number;
  readonly returned: boolean;
}

interface Patient {
  readonly number: number;
  /** Latent frailty, standard normal. */
  readonly frailty: number;
  readonly race: string;
  readonly gender: string;
  readonly decade: number;
}

/** With this share of returning patients there are 1.42 rows for each. */
const RETURNING = 0.3;
const RECENT = 3_000;
const LABEL_NOISE = 0.15;
const EXPIRED = new Set(['11', '19', '20', '21']);

const DRUG_TABLES: ReadonlyMap<string, Table<string>> = new Map(
  DRUGS.map((drug) => {
    const [steady, up, down] = share.DRUG_SHARES[drug] ?? share.HARDLY_GIVEN;
    return [
      drug,
      table([
        ['No', 1 - steady - up - down],
        ['Steady', steady],
        ['Up', up],
        ['Down', down],
      ]),
    ];
  }),
);

/** Endless; the caller says of each whether it lies behind the drift. */
export function createEncounters(random: Random): (drifted: boolean) => Encounter {
  const recent: Patient[] = [];
  let patients = 0;
  let encounter = 1_000_000;
  const nextPatient = (): Patient => {
    const known = random() < RETURNING ? recent[Math.floor(random() * recent.length)] : undefined;
    if (known) return known;
    patients += 1;
    const patient = newPatient(random, patients);
    recent[patients % RECENT] = patient;
    return patient;
  };
  recent[0] = newPatient(random, 0);
  return (drifted) => {
    encounter += 1 + Math.floor(random() * 40);
    return draw(random, encounter, nextPatient(), drifted);
  };
}

function newPatient(random: Random, ordinal: number): Patient {
  return {
    number: 100_000 + ordinal * 7,
    frailty: normal(random),
    race: choose(random, share.RACE),
    gender: choose(random, share.GENDER),
    decade: choose(random, share.AGE_DECADE),
  };
}

function draw(random: Random, id: number, patient: Patient, drifted: boolean): Encounter {
  const drugs = new Map(DRUGS.map((drug) => [drug as string, choose(random, DRUG_TABLES.get(drug)!)]));
  const row = riskFactors(random, patient, drugs.get('insulin') ?? 'No', drifted);
  const odds = logOdds(row, drifted);
  const chance = 1 / (1 + Math.exp(-(odds + LABEL_NOISE * normal(random))));
  const returned = random() < chance && !EXPIRED.has(row.discharge);
  const later = random() < 0.39 && !EXPIRED.has(row.discharge);
  const values: Readonly<Record<string, string>> = {
    encounter_id: String(id),
    patient_nbr: String(patient.number),
    race: patient.race,
    gender: patient.gender,
    ...texts(random, row, patient),
    ...Object.fromEntries(drugs),
    ...treatment([...drugs.values()]),
    readmitted: returned ? '<30' : later ? '>30' : 'NO',
  };
  return { values: COLUMNS.map((column) => values[column] ?? '?'), logOdds: odds, returned };
}

function riskFactors(random: Random, patient: Patient, insulin: string, drifted: boolean): RiskFactors {
  const { frailty, decade } = patient;
  const payerUnknown = random() < (drifted ? 0.15 : 0.55);
  return {
    decade,
    insulin,
    stay: choose(random, share.STAY_DAYS),
    inpatient: poisson(random, 0.31 * Math.exp(1.2 * frailty)),
    emergency: poisson(random, 0.08 * Math.exp(1.35 * frailty)),
    diagnoses: between(6.8 + 0.5 * frailty + 2 * normal(random) + (drifted ? 1.3 : 0), 1, 16),
    admissionType: choose(random, drifted ? share.ADMISSION_TYPE.after : share.ADMISSION_TYPE.before),
    discharge: choose(random, share.DISCHARGE),
    payer: payerUnknown ? '?' : choose(random, share.PAYER),
    firstDiagnosis: choose(random, share.FIRST_DIAGNOSIS),
  };
}

function texts(random: Random, row: RiskFactors, { frailty }: Patient): Record<string, string> {
  const beyond = row.stay - 4.4;
  return {
    age: `[${row.decade * 10}-${row.decade * 10 + 10})`,
    weight: choose(random, share.WEIGHT),
    admission_type_id: row.admissionType,
    discharge_disposition_id: row.discharge,
    admission_source_id: choose(random, share.ADMISSION_SOURCE),
    time_in_hospital: String(row.stay),
    payer_code: row.payer,
    medical_specialty: choose(random, share.SPECIALTY),
    num_lab_procedures: String(between(43 + 1.9 * beyond + 18 * normal(random), 1, 132)),
    num_procedures: String(choose(random, share.PROCEDURES)),
    num_medications: String(between(16 + 1.2 * beyond + 1.2 * frailty + 6.5 * normal(random), 1, 81)),
    number_outpatient: String(poisson(random, 0.16 * Math.exp(1.3 * frailty))),
    number_emergency: String(row.emergency),
    number_inpatient: String(row.inpatient),
    diag_1: row.firstDiagnosis,
    diag_2: choose(random, share.OTHER_DIAGNOSIS),
    diag_3: choose(random, share.OTHER_DIAGNOSIS),
    number_diagnoses: String(row.diagnoses),
    max_glu_serum: choose(random, share.GLUCOSE),
    A1Cresult: choose(random, share.A1C),
  };
}

function treatment(answers: readonly string[]): Record<string, string> {
  return {
    change: answers.some((answer) => answer === 'Up' || answer === 'Down') ? 'Ch' : 'No',
    diabetesMed: answers.some((answer) => answer !== 'No') ? 'Yes' : 'No',
  };
}
