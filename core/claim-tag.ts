import type { Claim } from './ledger.ts';

/**
 * A short name for a claim: what two attempts with the same claim share and two claims of one epoch do not. 53 bits of the
 * claim's text (cyrb53), so that it is made alike everywhere, without a crypto module.
 */
export function claimTag(claim: Claim): string {
  const text = JSON.stringify(claim);
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, '0');
}
