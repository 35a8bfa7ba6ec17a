/** How workers call themselves to Temporal: one deployment, whose versions are builds of this code. */
export const DEPLOYMENT = 'assay';

/** What the deployment of workers ends with that take each other's place instead of standing side by side. */
export const UNVERSIONED = '-unversioned';
