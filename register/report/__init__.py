"""The annual report (政府信息公开工作年度报告, 国办公开办函〔2021〕30号): counted, checked, written, read."""
