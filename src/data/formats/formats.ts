import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { idx } from './idx.ts'
import { npy } from './npy.ts'

/** The kinds of data that can be opened, in the order in which they are tried. */
export const formats: readonly Format[] = [npy, idx, csv]
