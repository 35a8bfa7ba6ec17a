import { describe, expect, it } from 'vitest';

import { CredentialRefused, type SecretSource } from './contract.ts';
import { createEnvironmentSecrets } from './environment.ts';
import { createSecrets } from './secrets.ts';

/** A source whose values a test changes, and that counts how often it was asked. */
function vault(values: Record<string, string>): SecretSource & { asked: number } {
  const source = {
    name: 'the vault',
    asked: 0,
    read: async (name: string) => {
      source.asked += 1;
      return values[name];
    },
  };
  return source;
}

const echo = async <T>(values: T): Promise<T> => values;

describe('use', () => {
  it('replaces references by values and leaves other texts as they are', async () => {
    const secrets = createSecrets({ sources: [vault({ 'db/password': 'correct horse' })] });
    const used = await secrets.use({ password: 'secret://db/password', user: 'reader' }, echo);
    expect(used).toEqual({ password: 'correct horse', user: 'reader' });
  });

  it('takes one field of a secret that is a JSON object', async () => {
    const secrets = createSecrets({
      sources: [vault({ db: '{"user":"reader","password":"correct horse"}' })],
    });
    expect(await secrets.use({ password: 'secret://db#password' }, echo)).toEqual({
      password: 'correct horse',
    });
  });

  it('asks the sources in their order and takes the first that knows the name', async () => {
    const environment = createEnvironmentSecrets({ ASSAY_SECRET_SLACK_TEAM: 'from the environment' });
    const behind = vault({ 'slack-team': 'from the vault', other: 'only there' });
    const secrets = createSecrets({ sources: [environment, behind] });
    const used = await secrets.use({ one: 'secret://slack-team', two: 'secret://other' }, echo);
    expect(used).toEqual({ one: 'from the environment', two: 'only there' });
  });

  it('asks once for many uses within the time that it keeps values, and again after it', async () => {
    let now = 0;
    const source = vault({ key: 'correct horse' });
    const secrets = createSecrets({ sources: [source], keepFor: 1000, now: () => now });
    await Promise.all(Array.from({ length: 10 }, () => secrets.use({ key: 'secret://key' }, echo)));
    expect(source.asked).toBe(1);
    now = 1001;
    await secrets.use({ key: 'secret://key' }, echo);
    expect(source.asked).toBe(2);
  });

  it('fetches a refused value again, and tries once more where it has been rotated', async () => {
    const values = { key: 'old value' };
    const secrets = createSecrets({ sources: [vault(values)] });
    await secrets.use({ key: 'secret://key' }, echo);
    values.key = 'new value';
    const seen: string[] = [];
    const answer = await secrets.use({ key: 'secret://key' }, async ({ key }) => {
      seen.push(key);
      if (key === 'old value') throw new CredentialRefused('401');
      return 'let in';
    });
    expect([answer, seen]).toEqual(['let in', ['old value', 'new value']]);
  });

  it('does not try again where fetching brings the value that was refused', async () => {
    const secrets = createSecrets({ sources: [vault({ key: 'same value' })] });
    let tries = 0;
    const used = secrets.use({ key: 'secret://key' }, async () => {
      tries += 1;
      throw new CredentialRefused('401');
    });
    await expect(used).rejects.toThrow('401');
    expect(tries).toBe(1);
  });

  it('forgets that a source failed, so that the next use asks again', async () => {
    let isDown = true;
    const source: SecretSource = {
      name: 'the vault',
      read: async () => {
        if (isDown) throw new Error('down');
        return 'value of it';
      },
    };
    const secrets = createSecrets({ sources: [source] });
    await expect(secrets.use({ key: 'secret://key' }, echo)).rejects.toThrow('down');
    isDown = false;
    expect(await secrets.use({ key: 'secret://key' }, echo)).toEqual({ key: 'value of it' });
  });

  it('names the secret that nobody has, and where it looked', async () => {
    const secrets = createSecrets({ sources: [createEnvironmentSecrets({}), vault({})] });
    await expect(secrets.use({ key: 'secret://gone' }, echo)).rejects.toMatchObject({
      type: 'UnknownSecret',
      message: expect.stringContaining('neither the environment nor the vault has a secret named gone'),
    });
  });

  it('refuses what looks like a reference and is none', async () => {
    const secrets = createSecrets({ sources: [vault({})] });
    await expect(secrets.use({ key: 'secret://two words' }, echo)).rejects.toMatchObject({
      type: 'InvalidSecretReference',
    });
  });

  it('does not quote a secret that is no JSON where a field of it is asked for', async () => {
    const secrets = createSecrets({ sources: [vault({ db: 'not-json-at-all' })] });
    const failure: unknown = await secrets
      .use({ key: 'secret://db#password' }, echo)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'UnknownSecret' });
    expect(String(failure)).not.toContain('not-json-at-all');
  });
});

describe('redact', () => {
  it('puts the reference in the place of the value, in every form in which values get about', async () => {
    const secret = 'p&ss "word"/1';
    const secrets = createSecrets({ sources: [vault({ key: secret })] });
    await secrets.use({ key: 'secret://key' }, echo);
    const forms = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ];
    for (const form of forms) expect(secrets.redact(`<${form}>`)).toMatch(/^<"?secret:\/\/key"?>$/);
  });

  it('finds the password of an address by itself', async () => {
    const secrets = createSecrets({
      sources: [vault({ smtp: 'smtps://user:correct%20horse@mail.example.org' })],
    });
    await secrets.use({ server: 'secret://smtp' }, echo);
    expect(secrets.redact('535 refused: correct horse')).toBe('535 refused: secret://smtp');
  });

  it('still knows the value before the last rotation', async () => {
    const values = { key: 'first value' };
    const secrets = createSecrets({ sources: [vault(values)], keepFor: 0 });
    await secrets.use({ key: 'secret://key' }, echo);
    values.key = 'second value';
    await secrets.use({ key: 'secret://key' }, echo);
    expect(secrets.redact('first value, second value')).toBe('secret://key, secret://key');
  });

  it('leaves texts alone that hold no secret', async () => {
    const secrets = createSecrets({ sources: [vault({ short: 'abc' })] });
    await secrets.use({ key: 'secret://short' }, echo);
    expect(secrets.redact('abcdef')).toBe('abcdef');
  });
});
