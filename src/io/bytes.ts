/** Tests for bytes by name, since a page's frames have a class of their own each. */
export const areBytes = (x: unknown): x is Uint8Array => Object.prototype.toString.call(x) === '[object Uint8Array]'
