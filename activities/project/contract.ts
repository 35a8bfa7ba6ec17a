/** A project's spec on its way into a workflow: through an activity, so that it stands in history. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';

export interface ProjectActivities {
  /** @throws UnknownProject naming the known ones */
  spec(input: { project: string }): Promise<ProjectSpec>;
}
