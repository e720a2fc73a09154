internal import LogQL
internal import Logging
internal import WeirAPI
internal import WeirStore

/// Everything that a server needs to know before it starts.
struct ServerSettings: Sendable {
    var web = WebServer.Options()
    var store = StoreConfiguration(folder: "./data")
    var pushLimits = PushLimits()
    var queryLimits = QueryLimits()
    var logLevel = Logger.Level.info
}
