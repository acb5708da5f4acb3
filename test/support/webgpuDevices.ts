/** What a driver could do to a device behind our back. */
export interface RawDevice {
  readonly createBuffer: (descriptor: { readonly size: number; readonly usage: number }) => { destroy: () => void }
  readonly destroy: () => void
}
interface RawAdapter {
  requestDevice: (this: unknown, ...args: unknown[]) => Promise<RawDevice>
}

/**
 * Keeps every device that the package webgpu gives from now on in a list, the latest last, until it is told to stop.
 * `before` is called when one is asked for, and may throw.
 */
export const keepDevices = async (
  before: () => void = () => undefined
): Promise<{ readonly devices: readonly RawDevice[]; readonly stop: () => void }> => {
  // By a variable: its types declare globals that exist in browsers alone.
  const name = 'webgpu'
  const { globals } = (await import(name)) as { globals: { GPUAdapter: { prototype: RawAdapter } } }
  const adapter = globals.GPUAdapter.prototype
  const { requestDevice } = adapter
  const devices: RawDevice[] = []
  adapter.requestDevice = async function (...args) {
    before()
    const device = await requestDevice.apply(this, args)
    devices.push(device)
    return device
  }
  return {
    devices,
    stop: () => {
      adapter.requestDevice = requestDevice
    }
  }
}
