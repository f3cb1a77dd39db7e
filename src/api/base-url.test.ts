/** Which addresses are told to whom. */
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { hostForDevices } from './base-url.ts'

test.each(['0.0.0.0', '::'])('devices are told no %s, which is an address of no machine', (host) => {
  expect(hostForDevices(host, undefined)).toBe(hostname())
  expect(hostForDevices(host, 'https://energy.example:8443/api')).toBe('energy.example')
  expect(hostForDevices(host, 'http://[2001:db8::1]:8080')).toBe('2001:db8::1')
})

test('devices are told the host that is listened on, where it is one', () => {
  expect(hostForDevices('192.168.1.5', 'https://energy.example')).toBe('192.168.1.5')
})
