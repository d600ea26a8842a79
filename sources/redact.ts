/** One message never holds a password: not the URL, not what a driver made of it. */
export function redact(text: string, url: string): string {
  let clean = text
    .replaceAll(/(\/\/[^\s:/@]*):[^\s@]*@/g, '$1:***@')
    .replaceAll(/password=('[^']*'|\S+)/gi, 'password=***');
  for (const secret of secretsOf(url)) clean = clean.replaceAll(secret, '***');
  return clean;
}

function secretsOf(url: string): string[] {
  try {
    const { password } = new URL(url);
    return password === '' ? [] : [password, decodeURIComponent(password)];
  } catch {
    return [];
  }
}
