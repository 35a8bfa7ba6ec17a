/** How often each value stands in such a file: rounded shares, as the public one has them. */
import { table } from './draw.ts';

const rare = (values: readonly string[], share: number): [string, number][] =>
  values.map((value) => [value, share]);

export const RACE = table([
  ['Caucasian', 0.748],
  ['AfricanAmerican', 0.189],
  ['?', 0.022],
  ['Hispanic', 0.02],
  ['Other', 0.015],
  ['Asian', 0.006],
]);

export const GENDER = table([
  ['Female', 0.538],
  ['Male', 0.462],
]);

/** Decades of age, 0 for [0-10). */
export const AGE_DECADE = table([
  [0, 0.002],
  [1, 0.007],
  [2, 0.016],
  [3, 0.037],
  [4, 0.095],
  [5, 0.17],
  [6, 0.221],
  [7, 0.256],
  [8, 0.169],
  [9, 0.027],
]);

export const WEIGHT = table([
  ['?', 0.969],
  ['[75-100)', 0.013],
  ['[50-75)', 0.009],
  ['[100-125)', 0.006],
  ['[125-150)', 0.003],
]);

/** Codes 5, 6 and 8 say that it is not known. */
export const ADMISSION_TYPE = {
  before: table([
    ['1', 0.53],
    ['2', 0.18],
    ['3', 0.19],
    ['6', 0.05],
    ['5', 0.047],
    ['8', 0.003],
  ]),
  after: table([
    ['1', 0.33],
    ['2', 0.4],
    ['3', 0.22],
    ['6', 0.025],
    ['5', 0.023],
    ['8', 0.002],
  ]),
};

export const DISCHARGE = table([
  ['1', 0.592],
  ['3', 0.137],
  ['6', 0.127],
  ['18', 0.036],
  ['2', 0.021],
  ['22', 0.02],
  ['11', 0.016],
  ['5', 0.012],
  ['25', 0.01],
  ['4', 0.008],
  ['7', 0.006],
  ['23', 0.004],
  ['13', 0.004],
  ['14', 0.004],
  ['28', 0.001],
  ['8', 0.001],
]);

export const ADMISSION_SOURCE = table([
  ['7', 0.565],
  ['1', 0.29],
  ['17', 0.067],
  ['4', 0.031],
  ['6', 0.022],
  ['2', 0.011],
  ['5', 0.008],
  ['3', 0.002],
  ['20', 0.002],
  ['9', 0.001],
]);

/** Of the known ones. */
export const PAYER = table([
  ['MC', 0.528],
  ['HM', 0.102],
  ['SP', 0.081],
  ['BC', 0.076],
  ['MD', 0.057],
  ['CP', 0.041],
  ['UN', 0.04],
  ['CM', 0.031],
  ['OG', 0.017],
  ['PO', 0.01],
  ['DM', 0.009],
]);

export const SPECIALTY = table([
  ['?', 0.491],
  ['InternalMedicine', 0.144],
  ['Emergency/Trauma', 0.074],
  ['Family/GeneralPractice', 0.073],
  ['Cardiology', 0.053],
  ['Surgery-General', 0.031],
  ['Nephrology', 0.016],
  ['Orthopedics', 0.014],
  ['Orthopedics-Reconstructive', 0.012],
  ['Radiologist', 0.011],
  ...rare(['Pulmonology', 'Psychiatry', 'Urology', 'ObstetricsandGynecology', 'Gastroenterology'], 0.007),
  ...rare(['Surgery-Vascular', 'Oncology', 'Neurology', 'Pediatrics'], 0.003),
]);

export const STAY_DAYS = table([
  [1, 0.14],
  [2, 0.169],
  [3, 0.175],
  [4, 0.137],
  [5, 0.098],
  [6, 0.074],
  [7, 0.058],
  [8, 0.043],
  [9, 0.03],
  [10, 0.023],
  [11, 0.018],
  [12, 0.014],
  [13, 0.012],
  [14, 0.01],
]);

export const PROCEDURES = table([
  [0, 0.458],
  [1, 0.204],
  [2, 0.125],
  [3, 0.093],
  [4, 0.041],
  [5, 0.03],
  [6, 0.049],
]);

export const GLUCOSE = table([
  ['None', 0.947],
  ['Norm', 0.026],
  ['>200', 0.015],
  ['>300', 0.012],
]);

export const A1C = table([
  ['None', 0.833],
  ['>8', 0.081],
  ['Norm', 0.049],
  ['>7', 0.037],
]);

/** Main diagnoses by ICD-9 code. */
export const FIRST_DIAGNOSIS = table([
  ['428', 0.067],
  ['414', 0.065],
  ['786', 0.04],
  ['410', 0.036],
  ['486', 0.035],
  ['427', 0.027],
  ['491', 0.022],
  ['715', 0.021],
  ['682', 0.02],
  ['434', 0.02],
  ['780', 0.02],
  ['996', 0.019],
  ['276', 0.019],
  ['38', 0.017],
  ['250.8', 0.017],
  ['599', 0.016],
  ['584', 0.015],
  ['V57', 0.012],
  ['250.6', 0.012],
  ['518', 0.011],
  ['820', 0.011],
  ['493', 0.01],
  ['577', 0.01],
  ['562', 0.01],
  ...rare(['574', '296', '560', '250.7', '250.13', '440', '433', '998', '722'], 0.009),
  ...rare(['250.02', '578', '507', '789', '530', '8', '403', '295', '153', '174'], 0.006),
]);

export const OTHER_DIAGNOSIS = table([
  ['250', 0.09],
  ['276', 0.066],
  ['428', 0.06],
  ['401', 0.058],
  ['427', 0.05],
  ['496', 0.033],
  ['599', 0.03],
  ['414', 0.03],
  ['403', 0.027],
  ['585', 0.02],
  ['250.02', 0.02],
  ['707', 0.018],
  ['272', 0.015],
  ['780', 0.014],
  ['285', 0.014],
  ['V45', 0.013],
  ['425', 0.013],
  ['?', 0.009],
  ...rare(['584', '250.01', '424', '250.6', '682', '305', '518', '41', '278', '530'], 0.01),
  ...rare(['486', '491', '493', '244', 'V58', '571', '295', '197', 'E878', '715'], 0.006),
]);

type Answers = readonly [steady: number, up: number, down: number];

/** Shares of `Steady`, `Up` and `Down`; all others are hardly ever given, two of them never. */
export const DRUG_SHARES: Readonly<Record<string, Answers>> = {
  insulin: [0.303, 0.111, 0.12],
  metformin: [0.18, 0.011, 0.006],
  glipizide: [0.112, 0.008, 0.006],
  glyburide: [0.091, 0.008, 0.006],
  pioglitazone: [0.069, 0.002, 0.001],
  rosiglitazone: [0.06, 0.002, 0.001],
  glimepiride: [0.046, 0.003, 0.002],
  repaglinide: [0.014, 0.001, 0.0004],
  'glyburide-metformin': [0.007, 0.0001, 0.0001],
  nateglinide: [0.007, 0.0002, 0.0001],
  acarbose: [0.003, 0.0001, 0],
  examide: [0, 0, 0],
  citoglipton: [0, 0, 0],
};

export const HARDLY_GIVEN: Answers = [0.0004, 0, 0];
