// swift-tools-version:6.2
import PackageDescription

// The targets and the arrows between them: ARCHITECTURE.md explains the picture, RepositoryTests enforces it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    // Loops over bytes live in one target and are called from others; without this flag generic ones run 12 times slower.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

extension Target {
    static func room(_ name: String, _ dependencies: [Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, swiftSettings: strict)
    }

    static func tests(_ name: String, _ dependencies: [Dependency]) -> Target {
        .testTarget(name: name, dependencies: dependencies + ["WeirTesting"], swiftSettings: strict)
    }
}

extension Target.Dependency {
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioWebSocket: Self = .product(name: "NIOWebSocket", package: "swift-nio")
    static let nioHTTPTypes: Self = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let yams: Self = .product(name: "Yams", package: "Yams")
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
}

/// The targets whose configuration structs are filled from files.
let configured: [Target.Dependency] = [
    "WeirModel", "WeirStore", "LogQL", "WeirAgent", "WeirAPI", "WeirRules", "WeirAlerts",
]

let package = Package(
    name: "weir",
    products: [.executable(name: "weir", targets: ["weir"])],
    dependencies: [
        // `traits: []` keeps full Foundation, and with it 30 MB of ICU, out of the server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // Layer 0: C libraries, values, bytes, the outside world.
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CAllocator"),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .target(name: "CRE2", cxxSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .room("WeirRegex", ["CRE2", "CKernels"]),
        .room("WeirModel", ["WeirRegex"]),
        .room("WeirSystem", ["CAllocator"]),
        .room("WeirBytes", ["CLZ4", "CZlib", "CSnappy", "CKernels"]),

        // Layer 1: language and storage, which do not know each other.
        .room("WeirTemplate"),
        .room("LogQL", ["WeirModel", "WeirBytes", "WeirRegex", "WeirTemplate"]),
        .room("WeirStore", ["WeirModel", "WeirSystem", "WeirBytes", "CKernels", .grdb]),

        // Layer 2: decisions.
        .room("LogMetrics", ["WeirModel", "WeirSystem", "WeirBytes", "LogQL", .grdb]),
        .room("WeirRules", ["WeirModel", "WeirSystem", "WeirRegex", "WeirTemplate", "LogQL", "LogMetrics", .grdb]),
        .room("WeirAlerts", ["WeirModel", "WeirSystem", "WeirBytes", "WeirRegex", "WeirTemplate", .grdb]),

        // Layer 3: the parts of the programs.
        .room("WeirAgent", ["WeirModel", "WeirSystem", "WeirBytes", "WeirRegex", "WeirTemplate", "LogQL"]),
        .room("WeirAPI", ["WeirModel", "WeirBytes", "WeirRegex", "LogQL", "WeirAlerts"]),
        .room("WeirConfig", configured + [.yams]),

        // The one binary.
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirModel", "WeirSystem", "WeirBytes", "WeirTemplate", "LogQL", "WeirStore", "WeirAgent", "WeirAlerts",
                "WeirAPI", "WeirConfig", "WeirRules", "LogMetrics",
                .hummingbird, .nioCore, .nioPosix, .nioSSL, .nioHTTP1, .nioWebSocket, .nioHTTPTypes, .httpTypes,
                .asyncHTTPClient, .lifecycle, .unixSignals, .logging, .argumentParser,
            ],
            swiftSettings: strict
        ),

        // Tests and measurements.
        .executableTarget(
            name: "weir-demo-containers", dependencies: ["WeirSystem", "WeirBytes"], path: "bench/demo",
            swiftSettings: strict),
        .executableTarget(
            name: "WeirBench",
            dependencies: ["WeirBytes", "WeirModel", "WeirSystem", "LogQL", "WeirStore", "WeirAPI", "WeirTesting"],
            path: "bench/WeirBench", swiftSettings: strict
        ),
        .room("WeirTesting", ["WeirModel", "WeirSystem", "WeirBytes"]),
        .tests("WeirModelTests", ["WeirModel", "WeirRegex"]),
        .tests("RepositoryTests", []),
        .tests("AcceptanceTests", ["WeirSystem"]),
        .tests("WeirBytesTests", ["WeirBytes"]),
        .tests("WeirAPITests", ["WeirAPI", "WeirModel", "WeirBytes", "LogQL"]),
        .tests("SegmentTests", ["WeirBytes", "WeirModel", "WeirStore", "WeirSystem"]),
        .tests("WeirSystemTests", ["WeirSystem"]),
        .tests("WeirStoreTests", ["WeirModel", "WeirStore", "WeirSystem"]),
        .tests("SimulationTests", ["WeirModel", "WeirStore", "WeirSystem"]),
        .tests("WALTests", ["WeirStore", "WeirModel", "WeirSystem", "WeirBytes"]),
        .tests("WeirConfigTests", ["WeirConfig"] + configured),
        .tests("LogQLEvaluationTests", ["LogQL", "WeirModel", "WeirBytes"]),
        .tests("WeirAgentTests", ["WeirAgent", "WeirModel", "WeirSystem", "WeirBytes"]),
        .tests("LogQLSyntaxTests", ["LogQL", "WeirModel"]),
        .tests("WeirTemplateTests", ["WeirTemplate"]),
        .tests("LogQLStageTests", ["LogQL", "WeirModel", "WeirSystem"]),
        .tests("ColumnTests", ["WeirStore", "WeirBytes", "WeirModel"]),
        .tests("WeirRulesTests", ["WeirRules", "LogMetrics", "LogQL", "WeirModel", "WeirSystem"]),
        .tests("DeliveryTests", ["WeirAgent", "WeirAPI", "WeirStore", "WeirModel", "WeirSystem", "LogQL"]),
        .tests("AlertAPITests", ["WeirAPI", "WeirAlerts", "WeirModel", "WeirSystem", "WeirTemplate", "LogQL"]),
        .tests("AlertmanagerFileTests", ["WeirConfig", "WeirAlerts", "WeirModel"]),
        .tests("WeirAlertsTests", ["WeirAlerts", "WeirBytes", "WeirModel", "WeirSystem", "WeirTemplate"]),
    ],
    cxxLanguageStandard: .cxx17
)

// libFuzzer needs the sanitizers' flags in every target and lld, so only `make fuzz` builds this.
if Context.environment["WEIR_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "weir-fuzz",
            dependencies: [
                "WeirBytes", "WeirModel", "LogQL", "WeirAPI", "WeirAgent", "WeirConfig", "WeirTesting",
            ],
            path: "bench/fuzz", exclude: ["seeds", "run", "http.py"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-use-ld=lld", "-sanitize=fuzzer,address"])]))
}
