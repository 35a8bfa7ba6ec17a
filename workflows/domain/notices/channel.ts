/** A channel as `temporal.config.ts` declares it: where notices go. Any text may be a reference, `secret://name`. */

export type ChannelDeclaration =
  /** One line of JSON in the worker's log. */
  | { readonly kind: 'log' }
  /** The notice as JSON, signed as Standard Webhooks have it (standardwebhooks.com). */
  | {
      readonly kind: 'webhook';
      readonly url: string;
      /** `whsec_<base64>`; two, with a space between, while one replaces the other. */
      readonly signingSecret: string;
    }
  /** What Slack takes at an incoming webhook, and Mattermost, Rocket.Chat and others with it. */
  | { readonly kind: 'slack'; readonly url: string }
  /** By SMTP, which Amazon SES speaks, too. */
  | {
      readonly kind: 'email';
      /** `smtps://user:password@host:465`, or `smtp://` for STARTTLS. */
      readonly server: string;
      readonly from: string;
      readonly to: readonly string[];
    }
  /** Readable for subscribers by e-mail and text message, JSON for all others. */
  | { readonly kind: 'sns'; readonly topicArn: string };

export type Channels = Readonly<Record<string, ChannelDeclaration>>;
