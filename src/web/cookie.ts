/** In TLS it has a prefix by which browsers keep other hosts and paths from setting it. */
function cookieName(isSecure: boolean): string {
  return isSecure ? '__Host-lockport-files' : 'lockport-files';
}

/** The value of our cookie, of a `Cookie` header. */
export function cookieOf(header = '', isSecure = true): string | undefined {
  const name = `${cookieName(isSecure)}=`;
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
}

/** The header that sets the cookie; an empty value takes it away. */
export function setCookie(value: string, isSecure: boolean): string {
  const end = value === '' ? '; Max-Age=0' : '';
  return `${cookieName(isSecure)}=${value}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}${end}`;
}
