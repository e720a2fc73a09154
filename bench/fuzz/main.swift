import Glibc

// weir-fuzz TARGET [FOLDER…] [-max_total_time=SECONDS …]: feeds libFuzzer's bytes to one target until something traps.
// What follows the target goes to libFuzzer. `make fuzz` runs every target.

/// libFuzzer's own main, called by name because SwiftPM renames ours out of its reach.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What each target does with an input.
let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt] = [
    "config": { start, count in
        ConfigFuzz.test(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "otlp-json": { start, count in
        PushFuzz.testOTLPJSON(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "otlp-protobuf": { start, count in
        PushFuzz.testOTLPProtobuf(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "parser": { start, count in
        ParserFuzz.test(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "pipeline": { start, count in
        PipelineFuzz.test(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "push-json": { start, count in
        PushFuzz.testJSON(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
    "push-protobuf": { start, count in
        PushFuzz.testProtobuf(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    },
]

guard CommandLine.argc > 1, let target = targets[CommandLine.arguments[1]] else {
    print("usage: weir-fuzz \(targets.keys.sorted().joined(separator: "|")) [FOLDER...] [-OPTION=VALUE...]")
    exit(2)
}
// The target's name makes room for the program's, which libFuzzer expects first.
var arguments = CommandLine.unsafeArgv + 1
arguments[0] = CommandLine.unsafeArgv[0]
var argumentCount = CommandLine.argc - 1
exit(runFuzzer(&argumentCount, &arguments, target))
