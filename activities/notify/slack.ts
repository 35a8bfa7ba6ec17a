/** What Slack takes at an incoming webhook: one text, in the little Markdown that all who imitate it understand. */
import type { NoticeEvent } from '../../workflows/domain/notices/notice.ts';
import type { Secrets } from '../secrets/contract.ts';
import type { Notifier } from './contract.ts';
import { postJson } from './http.ts';

const SIGNS: Readonly<Record<NoticeEvent, string>> = {
  success: ':white_check_mark:',
  failure: ':x:',
  retry: ':repeat:',
  skip: ':fast_forward:',
  deadline: ':alarm_clock:',
  approval: ':raised_hand:',
  page: ':rotating_light:',
};

export function createSlack({ url, secrets }: { url: string; secrets: Pick<Secrets, 'use'> }): Notifier {
  return {
    send: ({ event, title, text }, signal) =>
      secrets.use({ url }, (values) => {
        const message = `${SIGNS[event]} *${escaped(title)}*\n${escaped(text)}`;
        return postJson(values.url, JSON.stringify({ text: message }), { signal });
      }),
  };
}

/** The three characters that Slack gives a meaning of their own. https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
