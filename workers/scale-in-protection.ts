/**
 * Asks Amazon ECS not to end this task while it works: neither scaling in nor a deployment takes it then
 * (docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html). Spot and retired hosts
 * still may: what is long has its checkpoints.
 */
export interface ProtectionOptions {
  /** `ECS_AGENT_URI` of the task. */
  readonly agentUri: string;
  /** Work in progress. */
  readonly isBusy: () => boolean;
  readonly note: (text: string) => void;
  /** Milliseconds. */
  readonly lookEvery?: number;
  /** How long nothing is to be done before the protection is given back: between two tasks it is worth keeping. */
  readonly idleFor?: number;
  readonly now?: () => number;
}

export interface ScaleInProtection {
  /** Looks, and asks if something is to be changed. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** ECS forgets it by itself after this, should nobody take it back. */
const EXPIRES_MINUTES = 60;
const RENEW_AFTER_MS = 30 * 60_000;

export function startScaleInProtection(options: ProtectionOptions): ScaleInProtection {
  const { isBusy, lookEvery = 1_000, idleFor = 30_000, now = Date.now } = options;
  let protectedSince: number | undefined;
  let lastBusy = -Infinity;
  let asking: Promise<void> | undefined;

  const change = async (enabled: boolean): Promise<void> => {
    const failure = await ask(options.agentUri, enabled);
    // A protection that can't be had is no reason not to work; it is asked for again at the next look.
    if (failure !== undefined) options.note(`scale-in protection: ${failure}`);
    else protectedSince = enabled ? now() : undefined;
  };
  const look = async (): Promise<void> => {
    if (isBusy()) lastBusy = now();
    const wanted = now() - lastBusy < idleFor;
    const stale = protectedSince !== undefined && now() - protectedSince > RENEW_AFTER_MS;
    if (wanted ? protectedSince === undefined || stale : protectedSince !== undefined) await change(wanted);
  };
  const lookOnce = (): Promise<void> => (asking ??= look().finally(() => (asking = undefined)));
  const looking = setInterval(() => void lookOnce(), lookEvery);
  return {
    look: lookOnce,
    async stop() {
      clearInterval(looking);
      await asking;
      if (protectedSince !== undefined) await change(false);
    },
  };
}

/** What went wrong; `undefined` when it was granted. */
async function ask(agentUri: string, enabled: boolean): Promise<string | undefined> {
  try {
    const answer = await fetch(`${agentUri}/task-protection/v1/state`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        ProtectionEnabled: enabled,
        ...(enabled && { ExpiresInMinutes: EXPIRES_MINUTES }),
      }),
    });
    // The agent answers 200 also where ECS refused, and says so in the body.
    const body = await answer.text();
    const refused = !answer.ok || body.includes('"failure"') || body.includes('"error"');
    return refused ? `refused with HTTP ${answer.status}: ${body.slice(0, 500)}` : undefined;
  } catch (error) {
    return String(error);
  }
}
