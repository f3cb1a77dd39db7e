/** What other rooms use of the doors by MQTT. */
export { type BrokerClient, connectToBroker } from './broker-client.ts'
export {
  type BrokerMessage,
  type BrokerOptions,
  type EmbeddedBroker,
  openEmbeddedBroker,
} from './embedded-broker.ts'
export { GroupCommit, NotCommittedError } from './group-commit.ts'
export { rootOfFilter, topicIndex } from './topic-index.ts'
