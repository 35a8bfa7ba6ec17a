/** Questions to people, as an author writes them. */
import type { Duration } from '../domain/duration.ts';
import type { FormSpec, FormValues } from '../domain/form.ts';
import type { TriggerRule } from '../domain/trigger-rules.ts';
import type { AnyRef, TaskRef, Values } from './references.ts';

/** What somebody answered, or what is taken because nobody did. */
interface Answered<Form> {
  /** `null` where nobody answered in time. */
  readonly by: string | null;
  readonly comment?: string;
  /** RFC 3339. */
  readonly at: string;
  readonly timedOut: boolean;
  readonly fields: FormValues<Form>;
}

interface Chosen<Choice extends string, Form = object> extends Answered<Form> {
  readonly choice: Choice;
}

interface ChosenSome<Choice extends string, Form = object> extends Answered<Form> {
  /** At least one. */
  readonly choices: readonly Choice[];
}

interface Options<Choice extends string, Form extends FormSpec, After extends readonly AnyRef[]> {
  readonly after?: After;
  readonly choices: readonly [Choice, ...Choice[]];
  readonly fields?: Form;
  readonly mayFail?: boolean;
}

/** May follow from what the task comes after, where that is sure to be there. */
type Asked<After extends readonly AnyRef[]> =
  | ({ readonly when?: 'all_success' } & {
      readonly [Part in keyof Asking]: Asking[Part] | ((...values: Values<After>) => Asking[Part]);
    })
  | ({ readonly when: Exclude<TriggerRule, 'all_success'> } & Asking);

interface Asking {
  readonly message?: string | undefined;
  /** Who may answer, by the names they give; anybody by default. */
  readonly assignees?: readonly string[] | undefined;
  /** For ever by default. */
  readonly timeout?: Duration | undefined;
}

export interface RunApprovals {
  /**
   * Asks a person, and waits: for Temporal update `answer`, `assay approvals answer`, or the end of `timeout`. Then
   * `default` is taken; without one `reject`, and where that is no choice either, the task fails with `ApprovalTimeout`.
   */
  approval<
    const Choice extends string,
    const Form extends FormSpec = object & FormSpec,
    const After extends readonly AnyRef[] = [],
  >(
    name: string,
    options: Options<Choice, Form, After> &
      Asked<After> & { readonly multiple?: false; readonly default?: NoInfer<Choice> },
  ): TaskRef<Chosen<Choice, Form>>;
  /** Several choices at once. */
  approval<
    const Choice extends string,
    const Form extends FormSpec = object & FormSpec,
    const After extends readonly AnyRef[] = [],
  >(
    name: string,
    options: Options<Choice, Form, After> &
      Asked<After> & { readonly multiple: true; readonly default?: readonly NoInfer<Choice>[] },
  ): TaskRef<ChosenSome<Choice, Form>>;
}
