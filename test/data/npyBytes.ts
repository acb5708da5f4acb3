/** Bytes of an npy file as numpy writes it: the dictionary, padded with spaces to a multiple of 64, and the numbers. */
export const npyBytes = (
  descr: string,
  shape: readonly number[],
  numbers: ArrayBufferView,
  { fortran = false, version = 1 }: { readonly fortran?: boolean; readonly version?: number } = {}
): Uint8Array => {
  const extents = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${extents}), }`
  const before = version === 1 ? 10 : 12
  const length = Math.ceil((before + text.length + 1) / 64) * 64 - before
  const head = new Uint8Array(before)
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
  new DataView(head.buffer).setUint16(8, length, true)
  const padded = new TextEncoder().encode(`${text.padEnd(length - 1)}\n`)
  const file = new Uint8Array(before + length + numbers.byteLength)
  file.set(head)
  file.set(padded, before)
  file.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), before + length)
  return file
}
