/** The one function of Node's `url` module that vtk.js's XML reader asks for in the browser. */
export function domainToASCII(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
}

export default { domainToASCII };
