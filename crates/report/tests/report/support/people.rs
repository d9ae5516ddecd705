//! What people wrote, and the texts of the table.

use std::collections::BTreeMap;

use minehound_assess::case::{Manual, Origin, SealedInput, Workbook};
use minehound_report::{Bilingual, ItemText, ScenarioText, Texts};

pub fn manual() -> BTreeMap<String, Manual> {
    let filled = Manual {
        inspector_1: "甲".to_owned(),
        inspector_2: "乙".to_owned(),
        inspected_at: "2026-03-03".to_owned(),
        method: "现场查看".to_owned(),
        conclusion: "=与申报一致".to_owned(),
        note: "first line\nsecond line".to_owned(),
        ..Manual::default()
    };
    let excluded = Manual {
        inspector_1: "甲".to_owned(),
        conclusion: "排除：已批准的研究".to_owned(),
        ..Manual::default()
    };
    let absent = Manual { note: "switched off".to_owned(), ..Manual::default() };
    BTreeMap::from([
        ("BIZ-1".to_owned(), filled),
        ("endpoint:10.20.30.77".to_owned(), excluded),
        ("endpoint:10.20.30.99".to_owned(), absent),
    ])
}

/// The workbook they wrote it into, made from one input of this case and another one.
pub fn workbook() -> Workbook {
    let input = |sha256: String| SealedInput { sha256, path: "10.20.30.98.pcap".to_owned() };
    let origin = Origin {
        made: "2026-02-01 09:00:00+08:00".to_owned(),
        inputs: vec!["ab".repeat(32)],
        beyond: 2,
        at: "对象!7".to_owned(),
        anchors: vec![format!("pool-login {} 5 9", "ab".repeat(32)).parse().unwrap()],
    };
    Workbook {
        sha256: "cd".repeat(32),
        stamped: true,
        made: "2026-02-02 09:00:00+08:00".to_owned(),
        masked: false,
        result_sha256: "ef".repeat(32),
        inputs: vec![input("ab".repeat(32))],
        absent: BTreeMap::from([("endpoint:10.20.30.99".to_owned(), origin)]),
    }
}

pub fn texts() -> Texts {
    let rows = [
        (
            "HW-1",
            "专用矿机与矿卡",
            "ASIC miners and mining cards",
            "现场查看，总线设备清单",
            "walk through, list of bus devices",
        ),
        (
            "HW-2",
            "多显卡主机",
            "hosts with many graphics cards",
            "设备清单与台账比对",
            "compare devices with the ledger",
        ),
        ("HW-3", "资产台账与实物", "asset ledger against reality", "逐台核对", "check one by one"),
        (
            "NET-1",
            "矿池会话（明文）",
            "plaintext pool sessions",
            "抓包解码 Stratum 等方言",
            "decode Stratum and other dialects",
        ),
        (
            "NET-2",
            "矿池域名解析与连接",
            "look-ups of and connections to pools",
            "DNS、TLS SNI、Host",
            "DNS, TLS SNI, Host",
        ),
        ("NET-3", "网页挖矿", "browser mining", "WebSocket 解码", "decode WebSocket"),
        ("NET-4", "加密隧道中的挖矿", "mining inside tunnels", "时序与大小", "timing and sizes"),
        ("SYS-1", "挖矿进程", "mining processes", "进程与命令行", "processes and command lines"),
        (
            "SYS-2",
            "启动项与计划任务",
            "autostart entries",
            "cron、systemd 等",
            "cron, systemd and others",
        ),
        ("RES-1", "持续高负荷", "sustained load", "采样", "sampling"),
        ("RES-2", "用电量与负荷曲线", "electricity and load curve", "电表数据", "meter readings"),
        (
            "BIZ-1",
            "算力用途申报",
            "declared compute",
            "核对合同与申报",
            "check contracts and declarations",
        ),
        ("BIZ-2", "人员与资金", "people and money", "访谈", "interviews"),
    ];
    let items = rows.map(|(id, zh, en, method_zh, method_en)| {
        let text = ItemText {
            title: Bilingual::new(zh, en),
            method: Bilingual::new(method_zh, method_en),
            give: Bilingual::new(
                "请提供该主机的一次运行",
                "Give a run of this program on the machine to assess it",
            ),
        };
        (id.to_owned(), text)
    });
    let scenario = ScenarioText {
        title: Bilingual::new("企业挖矿", "in-house mining"),
        ..ScenarioText::default()
    };
    Texts {
        items: BTreeMap::from(items),
        scenarios: BTreeMap::from([("in-house".to_owned(), scenario)]),
        coins: BTreeMap::from([("XMR".to_owned(), Bilingual::new("门罗币 XMR", "Monero XMR"))]),
        ..Texts::default()
    }
}
