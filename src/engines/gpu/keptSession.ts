import * as E from '#fp-ts/Either'
import type { FaultOf } from './faultOf.ts'
import type { Session } from './readyParts.ts'

/** A session that is opened anew after its device was lost. */
export interface KeptSession {
  /** Returns the open session, or opens another one where the device of the last is gone. */
  readonly open: () => Promise<E.Either<FaultOf, Session>>
  /** The session opened last, which may be lost. */
  readonly latest: () => Session
  readonly close: () => Promise<void>
}

/** Keeps a session that is open. */
export const keepSession = (first: Session, openAnother: () => Promise<E.Either<FaultOf, Session>>): KeptSession => {
  let latest = first
  let isOpen = true
  return {
    open: async () => {
      if (isOpen && latest.device.lost() !== undefined) {
        isOpen = false
        latest.close().catch(() => undefined)
      }
      if (isOpen) return E.right(latest)
      const another = await openAnother()
      if (E.isRight(another)) {
        latest = another.right
        isOpen = true
      }
      return another
    },
    latest: () => latest,
    close: async () => {
      if (isOpen) await latest.close()
    }
  }
}
