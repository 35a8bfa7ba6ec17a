/** Every ML project by its name. A new one gets a line here. */
import type { ProjectSpec } from '../workflows/domain/project.ts';
import { readmission, readmissionUci } from './readmission/project.ts';

export const projects: Readonly<Record<string, ProjectSpec>> = {
  [readmission.name]: readmission,
  [readmissionUci.name]: readmissionUci,
};
