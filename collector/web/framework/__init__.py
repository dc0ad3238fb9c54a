"""The web framework's use: guards, errors, security headers, assets, languages, form fields."""
