/** What makes patients of the sample come back: before the drift, and from it on. */

export interface RiskFactors {
  readonly decade: number;
  readonly stay: number;
  readonly inpatient: number;
  readonly emergency: number;
  readonly diagnoses: number;
  readonly admissionType: string;
  readonly discharge: string;
  readonly payer: string;
  readonly firstDiagnosis: string;
  readonly insulin: string;
}

interface Coefficients {
  readonly intercept: number;
  readonly inpatient: number;
  readonly diagnoses: number;
  readonly nursing: number;
  readonly urgent: number;
  readonly elective: number;
  readonly payer: number;
}

const BEFORE: Coefficients = {
  intercept: -2.67,
  inpatient: 0.38,
  diagnoses: 0.08,
  nursing: 0.3,
  urgent: 0,
  elective: -0.15,
  payer: 0,
};

const AFTER: Coefficients = {
  intercept: -2.77,
  inpatient: 0.36,
  diagnoses: 0.05,
  nursing: 0.65,
  urgent: 0.3,
  elective: -0.35,
  payer: 0.8,
};

const PAYER_EFFECT: Readonly<Record<string, number>> = {
  MC: 0.1,
  HM: -0.4,
  SP: 0.5,
  BC: -0.55,
  MD: 0.55,
  CP: -0.35,
  UN: -0.5,
  CM: -0.3,
};

const DIAGNOSIS_EFFECT: Readonly<Record<string, number>> = {
  '428': 0.2,
  '414': -0.15,
  '786': -0.2,
  '410': 0.1,
  '486': -0.1,
  '491': 0.15,
  '715': -0.2,
  '434': 0.2,
  '584': 0.2,
  '250.6': 0.2,
  '250.7': 0.2,
  '996': 0.2,
  V57: 0.1,
};

/** Means of what is centred, so that the intercept is about the typical encounter. */
const TYPICAL = { decade: 6.1, stay: 4.4, diagnoses: 7 } as const;

/** Log odds of coming back within 30 days, as far as the columns tell. */
export function logOdds(row: RiskFactors, drifted: boolean): number {
  const coefficient = drifted ? AFTER : BEFORE;
  return (
    coefficient.intercept +
    coefficient.inpatient * Math.min(row.inpatient, 5) +
    coefficient.diagnoses * (row.diagnoses - TYPICAL.diagnoses) +
    0.18 * Math.min(row.emergency, 5) +
    0.1 * (row.decade - TYPICAL.decade) +
    0.02 * (row.stay - TYPICAL.stay) +
    (row.insulin === 'No' ? 0 : 0.1) +
    (DIAGNOSIS_EFFECT[row.firstDiagnosis] ?? 0) +
    dischargeEffect(row.discharge, coefficient) +
    admissionEffect(row.admissionType, coefficient) +
    coefficient.payer * (PAYER_EFFECT[row.payer] ?? 0)
  );
}

function dischargeEffect(discharge: string, { nursing }: Coefficients): number {
  if (discharge === '3') return nursing;
  if (discharge === '6') return 0.2;
  return discharge === '22' ? 0.9 : 0;
}

function admissionEffect(type: string, { urgent, elective }: Coefficients): number {
  if (type === '2') return urgent;
  return type === '3' ? elective : 0;
}
