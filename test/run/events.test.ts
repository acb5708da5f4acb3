/** Event files, read again by the rules of TFRecord and of protocol buffers, written out. */
import { expect, it } from 'vitest'
import { crc32c } from '../../src/run/crc32c.ts'
import { eventsOf } from '../../src/run/events.ts'

it('CRC-32C is that of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
})

const unmasked = (masked: number): number => {
  const rotated = (masked - 0xa282ead8) >>> 0
  return ((rotated >>> 17) | (rotated << 15)) >>> 0
}

/** The messages of a file, each with its checksums checked. */
const recordsOf = (file: Uint8Array): readonly Uint8Array[] => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const records: Uint8Array[] = []
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true))
    expect(unmasked(view.getUint32(at + 8, true))).toBe(crc32c(file.slice(at, at + 8)))
    const data = file.slice(at + 12, at + 12 + length)
    expect(unmasked(view.getUint32(at + 12 + length, true))).toBe(crc32c(data))
    records.push(data)
    at += 16 + length
  }
  return records
}

/** The fields of a message, by number: whole numbers, floats, or bytes. */
const fieldsOf = (message: Uint8Array): readonly (readonly [field: number, value: number | Uint8Array])[] => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const fields: [number, number | Uint8Array][] = []
  let at = 0
  const varint = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = message[at++]!
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const [field, wire] = [tag >> 3, tag & 7]
    if (wire === 0) fields.push([field, varint()])
    else if (wire === 1) fields.push([field, view.getFloat64((at += 8) - 8, true)])
    else if (wire === 5) fields.push([field, view.getFloat32((at += 4) - 4, true)])
    else {
      const length = varint()
      fields.push([field, message.slice(at, (at += length))])
    }
  }
  return fields
}

const words = (x: unknown): string => new TextDecoder().decode(x as Uint8Array)

it('has the numbers of a journal by step and name, and nothing where there is none', () => {
  const file = eventsOf({
    heading: { run: {}, spec: '' },
    entries: [
      { step: 100, figures: { 'discriminator loss': 0.5, 'generator loss': null } },
      { step: 300, scores: { modes: 8 } },
      {
        step: 300,
        probe: 'conditioning',
        measured: { logCondition: 2, values: { shape: [1], dtype: 'float32', data: [1] } }
      },
      { step: 300, ended: 'done' }
    ]
  })
  const [first, ...events] = recordsOf(file).map((record) => Object.fromEntries(fieldsOf(record)))
  expect(words(first?.[3])).toBe('brain.Event:2')
  const read = events.map(({ 2: step, 5: summary }) => [
    step,
    fieldsOf(summary as Uint8Array).map(([, value]) => {
      const { 1: tag, 2: scalar } = Object.fromEntries(fieldsOf(value as Uint8Array))
      return [words(tag), scalar]
    })
  ])
  expect(read).toEqual([
    [100, [['figures/discriminator loss', 0.5]]],
    [300, [['scores/modes', 8]]],
    [300, [['conditioning/logCondition', 2]]]
  ])
})
