/** How workers call themselves to Temporal: one deployment, whose versions are builds of this code. */
export const DEPLOYMENT = 'assay';
