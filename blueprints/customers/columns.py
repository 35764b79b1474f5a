"""How other programs and people head the columns of a customer list, and spell its choices. Plain data.

The preferred header stands first: of two columns for a field that holds one value, the earlier synonym wins.
Letter case, blanks, punctuation, traditional characters, brackets and numbering do not matter (`电话（2）`,
`E-mail 3 - Value`). From Outlook (zh, en), Google Contacts (old, new), Seeyon OA, Salesforce, Northwind,
Febrl and what Chinese sales teams write by hand.
"""

from __future__ import annotations

# fmt: off
SYNONYMS: dict[str, tuple[str, ...]] = {
    "number": (
        "客户编号", "客户编码", "客户代码", "客户号", "编号", "编码", "Customer Number", "Customer No",
        "Customer ID", "Customer Code", "Account Number", "Account No", "Number", "Client ID", "客户ID", "ID",
        "Supplier ID", "External ID", "Record ID", "rec_id", "Oracle_ID__c",
    ),
    "name": (
        "客户名称", "公司名称", "企业名称", "单位名称", "客户全称", "公司全称", "企业全称", "商户名称",
        "店铺名称", "客户公司", "Company Name", "Customer Name", "Account Name", "Organization Name",
        "Organisation Name", "Business Name", "Client Name", "公司", "单位", "企业", "客户", "Company",
        "Customer", "Account", "Client", "Organization", "Organisation", "Organization 1 - Name", "客户姓名",
        "名称", "Name", "姓名", "Full Name",
    ),
    "short_name": ("简称", "客户简称", "公司简称", "企业简称", "单位简称", "Short Name", "Abbreviation"),
    "kind": ("客户类型", "客户性质", "类型", "Kind", "Customer Type", "企业/个人"),
    "relationship": ("关系类型", "往来类型", "往来单位类型", "Relationship", "Relationship Type"),
    "tier": (
        "客户级别", "级别", "客户等级", "客户分级", "等级", "重要程度", "Tier", "Customer Tier",
        "Customer Level",
    ),
    "intent": ("意向度", "意向", "意向程度", "意向级别", "意向等级", "购买意向", "Intent", "Rating"),
    "status": ("客户状态", "状态", "生命周期", "Status", "Customer Status", "Lifecycle Stage"),
    "lost_reason": ("流失原因", "Lost Reason", "Reason Lost", "Churn Reason"),
    "owner": (
        "负责人", "客户负责人", "归属人", "所属人", "跟进人", "所属销售", "业务员", "销售员", "销售人员",
        "销售", "客户经理", "Owner", "Account Owner", "Owner Name", "Sales Rep", "Salesperson",
        "Account Manager", "Assigned To",
    ),
    "team": ("所属部门", "负责部门", "归属部门", "业务部门", "所属团队", "Team", "Sales Team", "Owner Team"),
    "phone": (
        "电话", "联系电话", "联络电话", "电话号码", "座机", "座机号", "固定电话", "固话", "办公电话",
        "公司电话", "单位电话", "客户电话", "商务电话", "单位主要电话", "主要电话", "联系方式", "其他电话",
        "住宅电话", "Phone", "Phone Number", "Telephone", "Tel", "Tel No", "Business Phone", "Work Phone",
        "Office Phone", "Company Main Phone", "Main Phone", "Primary Phone", "Phone 1 - Value", "Other Phone",
        "Home Phone",
    ),
    "mobile": (
        "手机", "手机号", "手机号码", "移动电话", "移动手机", "Mobile", "Mobile Phone", "Mobile Number",
        "Cell", "Cell Phone", "Cellphone",
    ),
    "fax": ("传真", "传真号", "传真号码", "商务传真", "Fax", "Fax Number", "Business Fax"),
    "email": (
        "邮箱", "电子邮箱", "邮箱地址", "电子邮件", "电子邮件地址", "邮件", "Email", "Email Address",
        "E-mail 1 - Value", "Mail", "E-mail", "Business Email", "Work Email",
    ),
    "wechat": ("微信", "微信号", "WeChat", "WeChat ID", "Weixin"),
    "wecom": ("企业微信", "企业微信号", "WeCom"),
    "qq": ("QQ", "QQ号", "QQ号码"),
    "website": (
        "网址", "网站", "官网", "公司网址", "公司网站", "公司官网", "网页", "主页", "Website", "Web Site",
        "Web Page", "Homepage", "Website 1 - Value", "URL", "Business Website",
    ),
    "industry": ("行业", "所属行业", "所在行业", "客户行业", "行业类别", "行业分类", "Industry", "Sector"),
    "size": (
        "规模", "公司规模", "企业规模", "人员规模", "人数", "员工人数", "Size", "Company Size",
        "Number of Employees",
    ),
    "source": (
        "客户来源", "来源", "线索来源", "来源渠道", "获客渠道", "Source", "Lead Source", "Customer Source",
    ),
    "credit_code": (
        "统一社会信用代码", "社会信用代码", "信用代码", "纳税人识别号", "纳税识别号", "税号", "Credit Code",
        "Unified Social Credit Code", "USCC", "Tax ID", "VAT Number",
    ),
    "country": (
        "国家", "国家/地区", "国家地区", "商务地址 国家/地区", "Country", "Country/Region", "Billing Country",
        "Business Country/Region", "Business Country", "Address 1 - Country", "Mailing Country",
        "Shipping Country", "住宅地址 国家/地区", "Home Country/Region", "其他地址 国家/地区",
    ),
    "province": (
        "省份", "省", "所在省", "所在省份", "省/直辖市", "省/市/自治区", "商务地址 省/市/自治区", "Province",
        "State", "State/Province", "Region", "Billing State", "Business State", "Address 1 - Region",
        "Mailing State", "Shipping State", "住宅地址 省/市/自治区", "Home State", "其他地址 省/市/自治区",
    ),
    "city": (
        "城市", "市", "所在城市", "所在市", "地市", "商务地址 市/县", "City", "Town", "Billing City",
        "Business City", "Address 1 - City", "Mailing City", "Shipping City", "住宅地址 市/县", "Home City",
        "其他地址 市/县", "Other City",
    ),
    "district": ("区县", "区", "县", "区/县", "所在区", "所在区县", "行政区", "District", "County", "Suburb"),
    "address": (
        "地址", "详细地址", "公司地址", "单位地址", "办公地址", "联系地址", "通讯地址", "客户地址",
        "商务地址 街道", "商务地址", "Address", "Street", "Street Address", "Billing Street",
        "Billing Address", "Business Street", "Business Address", "Address 1 - Street",
        "Address 1 - Formatted", "Address 1", "Address Line 1", "Mailing Street", "收货地址",
        "Shipping Street", "Shipping Address", "住宅地址 街道", "住宅地址", "Home Street", "Home Address",
        "其他地址 街道", "Other Street", "Location",
    ),
    "postal_code": (
        "邮编", "邮政编码", "商务地址 邮政编码", "Postal Code", "Postcode", "Zip", "Zip Code",
        "Billing Postal Code", "Business Postal Code", "Address 1 - Postal Code", "Mailing Zip/Postal Code",
        "Shipping Postal Code", "住宅地址 邮政编码", "Home Postal Code", "其他地址 邮政编码",
    ),
    "gender": ("性别", "Gender", "Sex"),
    "birthday": ("生日", "出生日期", "出生年月日", "Birthday", "Date of Birth", "Birth Date"),
    "preferred_channel": ("偏好沟通方式", "偏好联系方式", "Preferred Channel"),
    "preferred_time": ("偏好时间", "方便联系时间", "Preferred Time"),
    "language": ("沟通语言", "Spoken Language"),
    "likes": ("喜好", "客户喜好", "Likes"),
    "taboos": ("忌讳", "客户忌讳", "Taboos"),
    "tags": (
        "标签", "客户标签", "类别", "分组", "客户分组", "Tags", "Tag", "Labels", "Categories",
        "Group Membership",
    ),
    "do_not_contact": (
        "勿扰", "免打扰", "请勿联系", "请勿打扰", "勿联系", "拒绝联系", "拒绝营销", "Do not contact", "Do Not Disturb",
        "No Contact",
    ),
    "note": (
        "备注", "客户备注", "备注信息", "附注", "说明", "描述", "Notes", "Note", "Remarks", "Remark",
        "Comments", "Comment", "Description",
    ),
    "person_name": (
        "联系人", "person_name", "联系人姓名", "联络人", "主要联系人", "首要联系人", "客户联系人",
        "Contact Person", "Contact Name", "Contact", "Primary Contact", "姓名", "Full Name", "Name",
    ),
    "person_family_name": ("姓", "姓氏", "Last Name", "Family Name", "Surname", "联系人姓"),
    "person_given_name": ("名", "名字", "First Name", "Given Name", "联系人名"),
    "person_title": (
        "称呼", "联系人称呼", "尊称", "中文称谓", "称谓", "Form of address", "Salutation", "Name Prefix",
        "Title", "英文称谓",
    ),
    "person_position": (
        "职务", "职位", "岗位", "联系人职务", "联系人职位", "Position", "Job Title", "Contact Title",
        "Contact Position", "Organization Title", "Organization 1 - Title", "Occupation", "职业",
    ),
    "person_department": (
        "所在部门", "联系人部门", "部门", "Department", "Organization Department",
        "Organization 1 - Department",
    ),
    "person_phone": (
        "联系人电话", "联系人手机", "联系人手机号", "联系人手机号码", "联系人联系方式", "Contact Phone",
        "Contact Mobile", "Contact Phone Number",
    ),
    "person_email": ("联系人邮箱", "联系人电子邮箱", "联系人邮件", "Contact Email", "Contact E-mail"),
    "last_contact": (
        "上次沟通", "上次沟通时间", "最近沟通", "上次联系", "上次联系时间", "最后联系时间", "最近联系时间",
        "最后跟进时间", "最近跟进时间", "Last contact", "Last Contacted", "Last Contact Date",
        "Last Activity Date",
    ),
}

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "kind": {
        "company": (
            "企业客户", "公司", "企业", "单位", "机构", "组织", "Company", "Business", "Organization",
        ),
        "person": ("个人客户", "个人", "自然人", "Person", "Individual", "Private"),
    },
    "relationship": {
        "customer": ("客户", "Customer", "Client"),
        "dealer": ("经销商", "代理商", "分销商", "Dealer", "Reseller", "Distributor"),
        "supplier": ("供应商", "Supplier", "Vendor"),
        "partner": ("合作伙伴", "伙伴", "Partner"),
    },
    "tier": {
        "a": ("A", "A 重点", "重点", "核心", "VIP", "A key", "Key"),
        "b": ("B", "B 重要", "重要", "B important", "Important"),
        "c": ("C", "C 一般", "一般", "普通", "C normal", "Normal"),
        "d": ("D", "D 低频", "低频", "D rare", "Rare"),
        "none": ("未定级", "未分级", "无", "not graded", "None"),
    },
    "intent": {
        "high": ("高", "高意向", "强", "强烈", "High", "Hot"),
        "middle": ("中", "中意向", "一般", "Middle", "Medium", "Warm"),
        "low": ("低", "低意向", "弱", "Low", "Cold"),
        "none": ("未判断", "无", "无意向", "not judged", "None"),
    },
    "status": {
        "lead": ("线索", "Lead"),
        "prospect": ("意向", "意向客户", "Prospect"),
        "active": ("成交", "成交客户", "已成交", "合作中", "Active", "Customer"),
        "dormant": ("沉睡", "沉睡客户", "休眠", "Dormant"),
        "lost": ("流失", "流失客户", "已流失", "Lost"),
    },
    "lost_reason": {
        "price": ("价格", "Price"),
        "quality": ("质量", "Quality"),
        "service": ("服务/投诉", "服务", "投诉", "Service", "service or complaint"),
        "competitor": ("竞品", "竞争对手", "Competitor"),
        "closed": ("停业/搬迁", "停业", "倒闭", "搬迁", "closed or moved away", "Out of business"),
        "no_need": ("需求消失", "无需求", "暂无需求", "no need any more", "No need"),
        "contact_changed": ("对接人变动", "联系人变动", "contact person changed"),
        "unreachable": ("联系不上", "无法联系", "cannot be reached", "Unreachable"),
        "other": ("其他", "其它", "Other"),
    },
    "source": {
        "referral": ("转介绍", "介绍", "老客户介绍", "Referral", "Partner Referral", "Employee Referral"),
        "repurchase": ("老客户复购", "复购", "existing customer buys again", "Repeat"),
        "fair": ("展会", "展览", "trade fair", "Trade Show", "Fair", "Event"),
        "website": ("官网", "网站", "Website", "Web"),
        "hotline": ("400电话", "400 电话", "热线", "400 hotline", "Hotline", "Phone Inquiry"),
        "douyin": ("抖音/视频号", "抖音", "视频号", "Douyin", "Douyin or WeChat Channels"),
        "xiaohongshu": ("小红书", "Xiaohongshu"),
        "shop": ("电商平台", "电商", "online shop platform", "Marketplace"),
        "search_engine": ("百度/搜索", "百度", "搜索", "search engine", "Search"),
        "cold": ("陌拜/陌电", "陌拜", "陌电", "电话营销", "cold visit or call", "Cold Call"),
        "dealer": ("经销商", "代理商", "Dealer"),
        "wecom": ("企业微信加好友", "企业微信", "added on WeCom", "WeCom"),
        "import": ("批量导入", "导入", "bulk import", "Import"),
        "other": ("其他", "其它", "Other"),
    },
    "preferred_channel": {
        "phone": ("电话", "Phone", "Call"),
        "wechat": ("微信", "WeChat"),
        "wecom": ("企业微信", "WeCom"),
        "visit": ("上门拜访", "拜访", "Visit"),
        "received": ("客户来访", "来访", "They came"),
        "meeting": ("会议", "Meeting"),
        "sms": ("短信", "SMS"),
        "mail": ("邮件", "邮箱", "Mail", "Email"),
        "webchat": ("在线客服", "Web chat"),
        "social": ("社交平台", "Social media"),
    },
    "do_not_contact": {
        "all": ("全部联系", "全部", "所有", "全部勿扰", "All contacts", "all", "at all"),
        "marketing": ("营销", "推广", "广告", "Marketing", "Advertising"),
        "surveys": ("调查", "满意度调查", "问卷", "Surveys", "Survey"),
        "greetings": ("问候", "节日问候", "祝福", "Greetings", "Greeting"),
    },
    "gender": {
        "female": ("女", "女士", "女性", "Female", "F"),
        "male": ("男", "先生", "男性", "Male", "M"),
    },
}
# fmt: on
