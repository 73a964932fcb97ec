import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { attachAll, type Instrumentation } from '../instrument/instrumentation.js';

/** The modules that an instrumentation asks for. */
export function waitedFor(instrumentation: Instrumentation): readonly string[] {
  const names: string[] = [];
  const attached = attachAll([instrumentation], {
    recorder: new Recorder(readConfig({}, {}), () => {}),
    disabled: [],
    onLoad(name) {
      names.push(name);
      return () => {};
    },
  });
  attached.detach();
  return names;
}
