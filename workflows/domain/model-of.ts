/** The model that a project trains, by the project's name; `undefined` where there is no such project. */
export type ModelOf = (project: string) => string | undefined;
