"""Statutory appraisal reports (法定评估报告): an institution is engaged, uploads its report, and two of its appraisers sign it."""
