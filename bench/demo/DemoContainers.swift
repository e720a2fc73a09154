import WeirSystem

/// Writes the logs of a few make-believe containers as Docker's json-file driver would, until it is stopped:
/// `weir-demo-containers FOLDER`.
///
/// Lets a person without Docker see Weir follow containers: folders with `config.v2.json`, files that grow at a few
/// lines a second, and rotation every few minutes.
@main
struct DemoContainers {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            try StandardStream.error.writeLine("usage: weir-demo-containers FOLDER")
            return
        }
        let clock = SystemClock()
        var random = DemoRandom(state: UInt64(truncatingIfNeeded: clock.now()))
        var containers: [DemoContainer] = []
        for service in DemoService.allCases {
            containers.append(try DemoContainer(service, in: CommandLine.arguments[1], random: &random))
        }
        while true {
            for index in containers.indices where random.number(below: 3) == 0 {
                let lines = containers[index].service.lines(&random)
                try containers[index].write(lines, at: clock.now())
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
