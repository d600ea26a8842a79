import { Secret } from './secret.ts';
import type { Problem } from './settings.connections.ts';

const WEBHOOK = /^STRATA_WEBHOOK_([A-Z][A-Z0-9_]*)$/;

export const isWebhookVariable = (name: string): boolean => WEBHOOK.test(name);

/** `STRATA_WEBHOOK_OPS` is the webhook `ops`. Its path often is a password: the whole address is kept secret. */
export function webhookSettings(
  variables: Readonly<Record<string, string>>,
  problems: Problem[],
): Record<string, Secret> {
  const found: Record<string, Secret> = {};
  for (const [variable, value] of Object.entries(variables)) {
    const name = WEBHOOK.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) found[name] = new Secret(value);
    else problems.push({ variable, problem: 'is not the address of a webhook; valid: https://host/path' });
  }
  return found;
}
