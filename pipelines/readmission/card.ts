/** What people must know before they use a model of this project. */
import type { ModelCard } from '../../workflows/domain/project.ts';

const INTENDED_USE =
  'Ranks hospital stays of patients with diabetes, at discharge, by the risk that the patient is back within ' +
  '30 days, so that follow-up calls and visits go where they help most. It advises people. It is not for ' +
  'deciding who is admitted, discharged, treated or paid for, and not for patients without diabetes.';

const LIMITS = [
  'Final diagnoses are often coded after discharge. Where they are not there yet when the score is needed, the figures here promise too much.',
  'Death is a competing risk: who dies within the 30 days cannot come back, and counts as not readmitted.',
  'Readmission to another hospital is not seen, and counts as none.',
  'Once people act on the scores, those who are helped do not come back. The figures then look worse than the model is, and a model trained on such outcomes learns the wrong thing, unless some stays are left without action on purpose.',
  'Stays that end in death or hospice care are left out of training and of scoring.',
  'Groups with few events (see Groups) are too small to say that the model serves them as well as others.',
];

/** @param data what the models learn from, in a sentence or two */
export function modelCard(data: string): ModelCard {
  return { intendedUse: INTENDED_USE, data, limits: LIMITS };
}
