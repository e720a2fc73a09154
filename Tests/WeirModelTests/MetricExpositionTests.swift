import Testing
import WeirModel

@Suite struct MetricExpositionTests {
    @Test func `families come in order of name, with help and type`() {
        var requests = MetricFamily("b_total", "Answered\nrequests \\.", .counter)
        requests.add(["path": "a\"b\\c\nd"], 3)
        requests.add([:], 0.5)
        let text = MetricExposition.text([requests, MetricFamily("a_bytes", "Size.", .gauge, value: 1e20)])
        #expect(
            text == """
                # HELP a_bytes Size.
                # TYPE a_bytes gauge
                a_bytes 1e+20
                # HELP b_total Answered\\nrequests \\\\.
                # TYPE b_total counter
                b_total{path="a\\"b\\\\c\\nd"} 3
                b_total 0.5

                """)
    }

    @Test func `histograms sum up their buckets`() {
        var seconds = MetricFamily("t_seconds", "Time.", .histogram)
        seconds.addHistogram(labels: ["route": "/x"], bounds: [0.5, 1], counts: [1, 0, 2], sum: 7.25)
        #expect(
            MetricExposition.text([seconds]) == """
                # HELP t_seconds Time.
                # TYPE t_seconds histogram
                t_seconds_bucket{le="0.5",route="/x"} 1
                t_seconds_bucket{le="1",route="/x"} 1
                t_seconds_bucket{le="+Inf",route="/x"} 3
                t_seconds_sum{route="/x"} 7.25
                t_seconds_count{route="/x"} 3

                """)
    }

    @Test func `families of one name become one, and empty ones are left out`() {
        let text = MetricExposition.text([
            MetricFamily("x", "One.", .gauge, samples: [.init(labels: ["p": "1"], value: .nan)]),
            MetricFamily("x", "Two.", .gauge, samples: [.init(labels: ["p": "2"], value: -.infinity)]),
            MetricFamily("y", "None.", .gauge),
        ])
        #expect(text == "# HELP x One.\n# TYPE x gauge\nx{p=\"1\"} NaN\nx{p=\"2\"} -Inf\n")
    }

    @Test func `OpenMetrics names the family of a counter without its ending, and says where it ends`() {
        var requests = MetricFamily("requests_total", "Requests.", .counter)
        requests.add(["status": "200"], 3)
        let odd = MetricFamily("odd", "Counted by another name.", .counter, value: 1)
        #expect(
            MetricExposition.openMetrics([requests, odd]) == """
                # HELP odd Counted by another name.
                # TYPE odd unknown
                odd 1
                # HELP requests Requests.
                # TYPE requests counter
                requests_total{status="200"} 3
                # EOF

                """)
    }
}
